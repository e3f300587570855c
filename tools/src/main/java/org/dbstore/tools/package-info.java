/** {@code dbsctl}, the administration command. */
@NullMarked
package org.dbstore.tools;

import org.jspecify.annotations.NullMarked;
