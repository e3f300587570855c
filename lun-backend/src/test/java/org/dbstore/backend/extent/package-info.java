/** Tests of maps, tables and allocation. */
@NullMarked
package org.dbstore.backend.extent;

import org.jspecify.annotations.NullMarked;
