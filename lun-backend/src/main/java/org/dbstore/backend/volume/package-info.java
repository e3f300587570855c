/**
 * An open volume or snapshot: reading, writing and unmapping of byte ranges.
 *
 * <p>Each view has stripes of read/write locks by position. A read and an overwrite of blocks that
 * are mapped in the head's own extent hold their stripes shared, over the transfer itself; whatever
 * changes the map holds its stripe alone. So an extent that left a map is used by nobody. A merge
 * into a frozen layer changes owners under the table's lock only: no map changes by that, and what
 * it frees is in none.
 *
 * <p>Order of locks: management of the store, then stripes in ascending order, then the table.
 */
@NullMarked
package org.dbstore.backend.volume;

import org.jspecify.annotations.NullMarked;
