package org.dbstore.backend.recovery;

import org.dbstore.backend.Finding;
import org.dbstore.backend.Problem;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What was found on a device; bounded, however broken it is. */
final class Findings {
    private static final int COUNT_MAX = 100; // of each problem

    private final List<Finding> list = new ArrayList<>();
    private final Map<Problem, Integer> counts = new EnumMap<>(Problem.class);

    void add(Problem problem, String object, String text) {
        add(new Finding(problem, object, OptionalLong.empty(), text));
    }

    void add(Problem problem, String object, long offset, String text) {
        add(new Finding(problem, object, OptionalLong.of(offset), text));
    }

    void addAll(Collection<Finding> findings) {
        findings.forEach(this::add);
    }

    private void add(Finding finding) {
        if (counts.merge(finding.problem(), 1, Integer::sum) <= COUNT_MAX) {
            list.add(finding);
        }
    }

    /** Returns them in the order in which they were found. */
    List<Finding> list() {
        List<Finding> result = new ArrayList<>(list);
        counts.forEach((problem, count) -> {
            if (count > COUNT_MAX) {
                String text = "... and %d more of these".formatted(count - COUNT_MAX);
                result.add(new Finding(problem, "device", OptionalLong.empty(), text));
            }
        });
        return List.copyOf(result);
    }
}
