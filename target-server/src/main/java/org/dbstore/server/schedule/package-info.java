/**
 * Snapshots by the clock: {@link org.dbstore.server.schedule.Timetable} says when, {@link
 * org.dbstore.server.schedule.Rule} takes them, {@link org.dbstore.server.schedule.Retention}
 * deletes the old ones, {@link org.dbstore.server.schedule.Schedules} has the thread.
 */
@NullMarked
package org.dbstore.server.schedule;

import org.jspecify.annotations.NullMarked;
