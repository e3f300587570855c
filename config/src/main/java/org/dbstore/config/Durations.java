package org.dbstore.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 15m}, {@code 1h}, {@code 1d}, {@code 1w}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6}) ?(ms|[smhdw])");
    private static final Map<String, Duration> UNITS =
            Map.of(
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "m", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "d", Duration.ofDays(1),
                    "w", Duration.ofDays(7));
    private static final List<String> LONGEST_FIRST = List.of("w", "d", "h", "m", "s", "ms");

    private Durations() {}

    /**
     * Reads a span.
     *
     * @throws IllegalArgumentException if it is none; the message is for people
     */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        Duration unit = form.matches() ? UNITS.get(form.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a span of time; write for example 15m, 1h, 1d or 1w");
        }
        return unit.multipliedBy(Long.parseLong(form.group(1)));
    }

    /**
     * Writes a span of whole milliseconds so that {@link #parse} reads it, as shortly as can be.
     */
    public static String text(Duration span) {
        for (String name : LONGEST_FIRST) {
            Duration unit = Objects.requireNonNull(UNITS.get(name));
            if (unit.multipliedBy(span.dividedBy(unit)).equals(span)) {
                return span.dividedBy(unit) + name;
            }
        }
        throw new IllegalArgumentException(span + " is not whole milliseconds");
    }
}
