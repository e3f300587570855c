/** Tests of repair, dump and restore. */
@NullMarked
package org.dbstore.backend.repair;

import org.jspecify.annotations.NullMarked;
