package org.dbstore.tests.support;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Arguments of a proof: pairs of {@code --name} and value. */
public final class CommandLine {
    private final Map<String, String> values = new HashMap<>();

    /**
     * Takes them apart.
     *
     * @throws IllegalArgumentException for a name that is not among {@code known}, or no value
     */
    public CommandLine(Set<String> known, String... arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (!known.contains(arguments[i])) {
                throw new IllegalArgumentException("unknown argument " + arguments[i]);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " wants a value");
            }
            values.put(arguments[i], arguments[i + 1]);
        }
    }

    /** A number, or what holds without one. */
    public long number(String name, long otherwise) {
        String value = values.get(name);
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " wants a number, not " + value, e);
        }
    }

    /** A word, if there is one. */
    public Optional<String> word(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
