/** The manual pages of the commands, printed from what the commands say of themselves. */
@NullMarked
package org.dbstore.tools.manual;

import org.jspecify.annotations.NullMarked;
