package org.dbstore.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that an operator sees all of it at once. */
final class Problems {
    private record Problem(Place place, String text) {}

    private final List<Problem> problems = new ArrayList<>();

    /** Notes a problem with a key; {@code what} ends with the remedy. */
    void add(Place place, String key, String what) {
        problems.add(new Problem(place, key.isEmpty() ? what : key + ": " + what));
    }

    /** The lines, by file and line. */
    List<String> lines() {
        return problems.stream()
                .sorted(
                        Comparator.comparing((Problem problem) -> problem.place.file())
                                .thenComparingInt(problem -> problem.place.line()))
                .map(problem -> problem.place + ": " + problem.text)
                .toList();
    }

    void throwIfAny() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(lines());
        }
    }
}
