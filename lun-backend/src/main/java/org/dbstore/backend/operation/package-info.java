/**
 * Management of volumes and snapshots: one class for each operation, with the barriers it needs.
 * Everywhere the rule is the same: what a new entry says goes to the medium first, the id that
 * makes it count last; what is to vanish is unpublished first and cleaned up afterwards.
 *
 * <p>A layer that is being deleted, or not yet wholly there, carries a mark (the sign bit of its
 * CreatedAt) from before the first change to after the last; opening the device finishes what is
 * marked.
 */
@NullMarked
package org.dbstore.backend.operation;

import org.jspecify.annotations.NullMarked;
