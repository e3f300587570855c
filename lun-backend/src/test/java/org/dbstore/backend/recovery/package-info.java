/** Tests of what opening makes of damaged devices. */
@NullMarked
package org.dbstore.backend.recovery;

import org.jspecify.annotations.NullMarked;
