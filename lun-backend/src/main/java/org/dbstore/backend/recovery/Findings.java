package org.dbstore.backend.recovery;

import java.util.ArrayList;
import java.util.List;

/** What was found wrong with a device, for people; bounded, however broken it is. */
final class Findings {
    private static final int LINE_COUNT_MAX = 200;

    private final List<String> lines = new ArrayList<>();
    private long omitted;

    void add(String format, Object... values) {
        if (lines.size() < LINE_COUNT_MAX) {
            lines.add(format.formatted(values));
        } else {
            omitted++;
        }
    }

    List<String> lines() {
        List<String> result = new ArrayList<>(lines);
        if (omitted > 0) {
            result.add("... and " + omitted + " more of these");
        }
        return List.copyOf(result);
    }
}
