package org.dbstore.config;

import java.io.Serial;
import java.util.List;

/** A configuration was refused; nothing of it is in force. */
public final class ConfigException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * Creates the exception.
     *
     * @param problems one line each: {@code file:line: key: what is wrong; the remedy}
     */
    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * Returns what is wrong.
     *
     * @return at least one line
     */
    public List<String> problems() {
        return problems;
    }
}
