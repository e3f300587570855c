package org.dbstore.server.admin.api;

import org.dbstore.config.ScheduleConfig;

import java.util.List;
import java.util.Optional;

/**
 * Snapshots that are taken by the clock, as the configuration has them.
 *
 * @param name of the rule
 * @param everySeconds from one to the next
 * @param at time of day in UTC, as 03:30, for whole days; absent = at multiples of the interval
 * @param keep how many of its snapshots of each volume stay
 * @param prefix what their names begin with
 * @param volumes patterns, as device/volume
 */
public record ScheduleView(
        String name,
        long everySeconds,
        Optional<String> at,
        int keep,
        String prefix,
        List<String> volumes) {
    /** Shows a rule. */
    public static ScheduleView of(ScheduleConfig rule) {
        return new ScheduleView(
                rule.name(),
                rule.every().toSeconds(),
                rule.at().map(Object::toString),
                rule.keep(),
                rule.prefix(),
                rule.volumes().stream().map(Object::toString).toList());
    }
}
