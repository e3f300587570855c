package org.dbstore.server.admin.api;

import org.dbstore.config.ScheduleConfig;
import org.dbstore.server.schedule.RuleState;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots that are taken by the clock, as the configuration has them, and how that goes.
 *
 * @param name of the rule
 * @param everySeconds from one to the next
 * @param at time of day in UTC, as 03:30, for whole days; absent = at multiples of the interval
 * @param keep how many of its snapshots of each volume stay
 * @param prefix what their names begin with
 * @param volumes patterns, as device/volume
 * @param lastRunAt when it last took snapshots, or tried to; absent = not since the start
 * @param nextRunAt when it is due
 * @param lastErrors what went wrong in the last run; empty = nothing
 * @param missedRuns due times since the start of which nothing came
 * @param kept snapshots of the rule, after its last run
 * @param undeletable old snapshots that could not be deleted yet, and why
 */
public record ScheduleView(
        String name,
        long everySeconds,
        Optional<String> at,
        int keep,
        String prefix,
        List<String> volumes,
        Optional<Instant> lastRunAt,
        Instant nextRunAt,
        List<String> lastErrors,
        long missedRuns,
        int kept,
        List<String> undeletable) {
    /** Shows a rule at work. */
    public static ScheduleView of(RuleState state) {
        ScheduleConfig rule = state.rule();
        return new ScheduleView(
                rule.name(),
                rule.every().toSeconds(),
                rule.at().map(Object::toString),
                rule.keep(),
                rule.prefix(),
                rule.volumes().stream().map(Object::toString).toList(),
                state.lastRun(),
                state.nextRun(),
                state.lastErrors(),
                state.missedRuns(),
                state.kept(),
                state.undeletable());
    }
}
