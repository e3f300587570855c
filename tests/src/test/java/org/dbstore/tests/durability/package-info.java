/**
 * Proofs with the real server that no acknowledged write is lost: {@link
 * org.dbstore.tests.durability.KillTest} kills it, {@link org.dbstore.tests.durability.PowerTest}
 * cuts its power.
 *
 * <p>A {@link org.dbstore.tests.durability.Load} of several sessions writes stamped sectors ({@link
 * org.dbstore.tests.durability.Sectors}) and notes in a {@link
 * org.dbstore.tests.durability.Journal}, outside the server, what was sent and what was
 * acknowledged. After the accident {@link org.dbstore.tests.durability.History} says of each sector
 * which contents are right.
 */
@NullMarked
package org.dbstore.tests.durability;

import org.jspecify.annotations.NullMarked;
