/**
 * How changes become durable: the commit point. Whoever needs durability joins the next commit; one
 * leader at a time carries it out. All metadata is written here: entries of extents as they changed
 * in memory, and transactions of management operations.
 *
 * <p>With a journal ({@link org.dbstore.backend.commit.JournaledCommit}) everything that a commit
 * changes is one record, and blocks go home, and to the mirror, at checkpoints. Without one ({@link
 * org.dbstore.backend.commit.StagedCommit}) extents are committed in two stages, each ended by a
 * force, and transactions step by step:
 *
 * <pre>
 *   A   data (written before), raised high-water mark, ids of freed extents zeroed,
 *       bodies of new entries with id 0
 *   B   ids of new entries, changed bitmaps of old ones
 * </pre>
 *
 * Until stage B is on the medium, a block reads there as before; and whatever subset of a stage a
 * power loss leaves, no entry shows data that is not its own. Freed extents are given to the
 * allocator after the commit.
 *
 * <p>Where an acknowledged write must survive the end of the process alone, it waits for no commit:
 * with a journal there is a log of what the next commits intend ({@link
 * org.dbstore.backend.commit.IntentLog}), which the next opening carries out.
 */
@NullMarked
package org.dbstore.backend.commit;

import org.jspecify.annotations.NullMarked;
