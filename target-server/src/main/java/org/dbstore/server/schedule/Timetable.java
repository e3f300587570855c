package org.dbstore.server.schedule;

import org.dbstore.config.ScheduleConfig;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;

/**
 * When a rule is due: at multiples of a span since a Monday's midnight in UTC, so that weeks begin
 * on Mondays, and days and hours where people expect them.
 *
 * @param anchor a moment at which it is due
 * @param every from one to the next
 */
record Timetable(Instant anchor, Duration every) {
    private static final Instant MONDAY = Instant.parse("1970-01-05T00:00:00Z");

    static Timetable of(ScheduleConfig rule) {
        Duration at = Duration.between(LocalTime.MIDNIGHT, rule.at().orElse(LocalTime.MIDNIGHT));
        return new Timetable(MONDAY.plus(at), rule.every());
    }

    /** The last due time that is not after a moment. */
    Instant latest(Instant now) {
        return anchor.plus(every.multipliedBy(periods(anchor, now)));
    }

    /** The first due time after a moment. */
    Instant next(Instant now) {
        return latest(now).plus(every);
    }

    /** How many whole periods lie between two moments; negative if they are the other way round. */
    long periods(Instant from, Instant to) {
        return Math.floorDiv(Duration.between(from, to).toMillis(), every.toMillis());
    }
}
