package org.dbstore.config;

import java.util.Map;

/**
 * How full a device and its volumes may become before their initiators are told (SBC-3, "Thin
 * provisioning soft threshold").
 *
 * @param devicePercent of the device's extents in use, 1..100; 0 = never told
 * @param volumePercents of a volume's size that is mapped, 1..100, by name of the volume
 */
public record SoftThresholds(int devicePercent, Map<String, Integer> volumePercents) {
    /** Nobody is told. */
    public static final SoftThresholds NONE = new SoftThresholds(0, Map.of());

    private static final int PERCENT_MAX = 100;

    /** Checks the values. */
    public SoftThresholds {
        volumePercents = Map.copyOf(volumePercents);
        if (devicePercent != 0) {
            check(devicePercent);
        }
        volumePercents.values().forEach(SoftThresholds::check);
    }

    /** A percentage as it is written. */
    static int percent(String text) {
        return Values.integer(
                text.endsWith("%") ? text.substring(0, text.length() - 1) : text, 1, PERCENT_MAX);
    }

    private static void check(int percent) {
        if (percent < 1 || percent > PERCENT_MAX) {
            throw new IllegalArgumentException(
                    "a threshold of " + percent + " is not in 1..100 percent; choose another");
        }
    }
}
