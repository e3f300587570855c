package org.dbstore.server.metrics;

import java.util.Map;
import java.util.TreeMap;

/**
 * Writes metrics in the text format of Prometheus (version 0.0.4), those of one name together. The
 * lines are written as they come: with a thousand LUNs they are fifty thousand.
 */
final class Families {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Of our classes each third is told: 1, 3, 10, 30 µs and so on. */
    private static final int CLASSES_PER_BUCKET = 3;

    private static final String[] LESS_OR_EQUAL = bounds();

    private final Map<String, StringBuilder> byName = new TreeMap<>();

    /** Names and values of labels, as they are written. */
    record Names(String text) {
        static final Names NONE = new Names("");

        /** Of names and values in turn. */
        static Names of(String... pairs) {
            Names names = NONE;
            for (int i = 0; i < pairs.length; i += 2) {
                names = names.with(pairs[i], pairs[i + 1]);
            }
            return names;
        }

        Names with(String name, String value) {
            String pair = name + "=\"" + escaped(value) + "\"";
            return new Names(text.isEmpty() ? pair : text + "," + pair);
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }
    }

    private static String[] bounds() {
        String[] bounds = new String[LatencyBuckets.COUNT];
        for (int i = 0; i < bounds.length - 1; i++) {
            bounds[i] = Double.toString(LatencyBuckets.bound(i) / NANOS_PER_SECOND);
        }
        bounds[bounds.length - 1] = "+Inf";
        return bounds;
    }

    /**
     * A number that only grows.
     *
     * @param name without "_total"
     */
    void counter(String name, String help, Names names, long value) {
        line(family(name + "_total", "counter", help), name + "_total", names, value);
    }

    void gauge(String name, String help, Names names, double value) {
        StringBuilder text = family(name, "gauge", help);
        head(text, name, names).append(value).append('\n');
    }

    /** Count and sum of times. */
    void summary(String name, String help, Names names, long count, long nanos) {
        StringBuilder text = family(name, "summary", help);
        line(text, name + "_count", names, count);
        head(text, name + "_sum", names).append(nanos / NANOS_PER_SECOND).append('\n');
    }

    /**
     * A histogram.
     *
     * @param classes as {@link LatencyBuckets} has them
     */
    void histogram(String name, String help, Names names, long[] classes, long nanos) {
        StringBuilder text = family(name, "histogram", help);
        String bucket = name + "_bucket";
        long count = 0;
        for (int i = 0; i < LatencyBuckets.COUNT; i++) {
            count += classes[i];
            if (i == LatencyBuckets.COUNT - 1 || i % CLASSES_PER_BUCKET == 0) {
                text.append(bucket).append('{').append(names.text());
                text.append(names.text().isEmpty() ? "" : ",").append("le=\"");
                text.append(LESS_OR_EQUAL[i]).append("\"} ").append(count).append('\n');
            }
        }
        line(text, name + "_count", names, count);
        head(text, name + "_sum", names).append(nanos / NANOS_PER_SECOND).append('\n');
    }

    /** All that was written. */
    String text() {
        StringBuilder all =
                new StringBuilder(byName.values().stream().mapToInt(StringBuilder::length).sum());
        byName.values().forEach(all::append);
        return all.toString();
    }

    private StringBuilder family(String name, String type, String help) {
        StringBuilder present = byName.get(name);
        if (present != null) {
            return present;
        }
        StringBuilder text = new StringBuilder();
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        byName.put(name, text);
        return text;
    }

    private static void line(StringBuilder text, String name, Names names, long value) {
        head(text, name, names).append(value).append('\n');
    }

    private static StringBuilder head(StringBuilder text, String name, Names names) {
        text.append(name);
        if (!names.text().isEmpty()) {
            text.append('{').append(names.text()).append('}');
        }
        return text.append(' ');
    }
}
