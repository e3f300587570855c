package org.dbstore.tools.completion;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** What a word may name; commands say so by the label of a parameter or option. */
public enum ObjectKind {
    /** A volume. */
    VOLUME("VOLUME", "OLD"),
    /** A frozen snapshot, as {@code volume@snapshot}. */
    SNAPSHOT("VOLUME@SNAPSHOT", "SNAPSHOT", "VOLUME@OLD"),
    /** A volume or snapshot. */
    CONTENTS("VOLUME[@SNAPSHOT]", "VOLUME[@NAME]"),
    /** A target. */
    TARGET("TARGET"),
    /** A group of users. */
    AUTH_GROUP("GROUP"),
    /** A session. */
    SESSION("SESSION"),
    /** A job. */
    JOB("JOB"),
    /** A device: the name of one that is served, or a file. */
    DEVICE("PATH|NAME"),
    /** A running server. */
    SERVER("URL|PID"),
    /** A file. */
    FILE("FILE", "FILE|-", "PATH", "DIR");

    private final Set<String> labels;

    ObjectKind(String... labels) {
        this.labels = Set.of(labels);
    }

    /**
     * Finds the kind.
     *
     * @param label of a parameter or option
     * @return empty if it names nothing that there is already
     */
    static Optional<ObjectKind> of(String label) {
        return Arrays.stream(values()).filter(kind -> kind.labels.contains(label)).findFirst();
    }
}
