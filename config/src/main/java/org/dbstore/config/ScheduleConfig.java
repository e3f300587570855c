package org.dbstore.config;

import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots that are taken by the clock, and how long they are kept.
 *
 * @param name of the rule
 * @param every from one to the next, at least a minute
 * @param at time of day in UTC, for whole days; empty = at multiples of {@code every}
 * @param keep how many of its snapshots of each volume stay
 * @param prefix what their names begin with
 * @param volumes of which; those of one device are taken at one instant
 */
public record ScheduleConfig(
        String name,
        Duration every,
        Optional<LocalTime> at,
        int keep,
        String prefix,
        List<VolumePattern> volumes) {
    /** Most snapshots of a rule that are kept. */
    static final int KEEP_MAX = 10_000;

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    /**
     * Volumes of a device.
     *
     * @param device its name
     * @param volume a {@link NamePattern}
     */
    public record VolumePattern(String device, String volume) {
        @Override
        public String toString() {
            return device + "/" + volume;
        }
    }

    /** Checks the values. */
    public ScheduleConfig {
        volumes = List.copyOf(volumes);
        if (every.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "every " + every.toSeconds() + " s is below a minute; choose 1m or more");
        }
        if (at.isPresent() && every.toSeconds() % DAY.toSeconds() != 0) {
            throw new IllegalArgumentException(
                    "a time of day needs whole days; write every: 1d, or leave at out");
        }
        if (keep < 1 || keep > KEEP_MAX) {
            throw new IllegalArgumentException(
                    "keep " + keep + " is not in 1.." + KEEP_MAX + "; choose another");
        }
        if (volumes.isEmpty()) {
            throw new IllegalArgumentException("names no volume; write one as DEVICE/VOLUME");
        }
    }
}
