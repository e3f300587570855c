package org.dbstore.server.schedule;

import org.dbstore.config.ScheduleConfig;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a rule is doing.
 *
 * @param rule what is configured
 * @param lastRun when it last took snapshots, or tried to; empty = not since the start
 * @param nextRun when it is due
 * @param lastErrors what went wrong in the last run, for people; empty = nothing
 * @param missedRuns due times since the start of which nothing came: the server was down, the
 *     machine slept, the clock was set
 * @param kept snapshots of the rule, after its last run
 * @param undeletable old snapshots that could not be deleted yet, and why
 */
public record RuleState(
        ScheduleConfig rule,
        Optional<Instant> lastRun,
        Instant nextRun,
        List<String> lastErrors,
        long missedRuns,
        int kept,
        List<String> undeletable) {
    /** Copies the lists. */
    public RuleState {
        lastErrors = List.copyOf(lastErrors);
        undeletable = List.copyOf(undeletable);
    }
}
