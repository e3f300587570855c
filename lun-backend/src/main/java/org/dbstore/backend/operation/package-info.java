/**
 * Management of volumes and snapshots: one class for each operation, with the barriers it needs.
 * Everywhere the rule is the same: what a new entry says goes to the medium first, the id that
 * makes it count last; what is to vanish is unpublished first and cleaned up afterwards.
 *
 * <p>A layer that is being deleted, or not yet wholly there, carries a mark (the sign bit of its
 * CreatedAt) from before the first change to after the last; opening the device finishes what is
 * marked.
 *
 * <p>Layers form trees. Each volume writes to a leaf, its head; a linked clone is another leaf
 * above a snapshot, and a rollback leaves the old head as a frozen leaf beside the new one:
 *
 * <pre>
 *   root -- a -- b -- head of v            after "link c to a" and "roll v back to a":
 *
 *   root -- a -- b -- safety snapshot
 *           |-- head of v
 *           '-- head of c
 * </pre>
 *
 * What a leaf shows is the path from it to the root; so deleting a layer means giving what it holds
 * to its only child. With several children it stays, marked and hidden, until one is left ({@link
 * org.dbstore.backend.operation.LayerPruning}). Whose a snapshot is, its record in the catalogue
 * says: the table has the parent alone.
 */
@NullMarked
package org.dbstore.backend.operation;

import org.jspecify.annotations.NullMarked;
