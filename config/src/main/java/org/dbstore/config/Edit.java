package org.dbstore.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A change of the {@link ManagedFile}, by the path of a key: the names from the outermost map
 * inwards. The names of targets have dots, so a path is a list.
 */
public sealed interface Edit {
    /** Where it is; at least one name. */
    List<String> path();

    /**
     * Gives a key a value, whether it had one or not. Maps on the way there are made.
     *
     * @param path of the key
     * @param value text, a list of values, or a map of values by text; numbers and truth values
     *     become their text
     */
    record Set(List<String> path, Object value) implements Edit {
        /** Checks the values. */
        public Set {
            path = checkPath(path);
            value = canonical(value);
        }
    }

    /**
     * Takes a key and all below it away.
     *
     * @param path of the key
     */
    record Remove(List<String> path) implements Edit {
        /** Checks the values. */
        public Remove {
            path = checkPath(path);
        }
    }

    /**
     * Adds an item to a list, which may begin in a file of the user's.
     *
     * @param path of the key that takes a list
     * @param value one item, as for {@link Set}
     */
    record Add(List<String> path, Object value) implements Edit {
        /** Checks the values. */
        public Add {
            path = checkPath(path);
            value = canonical(value);
        }
    }

    /**
     * Takes an item out of a list.
     *
     * @param path of the key that takes a list
     * @param value the item, as it was added
     */
    record Drop(List<String> path, Object value) implements Edit {
        /** Checks the values. */
        public Drop {
            path = checkPath(path);
            value = canonical(value);
        }
    }

    private static List<String> checkPath(List<String> path) {
        if (path.isEmpty() || path.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "the path "
                            + path
                            + " has no names, or an empty one; write it as [targets, NAME, alias]");
        }
        return List.copyOf(path);
    }

    private static Object canonical(Object value) {
        return switch (value) {
            case String text -> text;
            case Number number -> number.toString();
            case Boolean truth -> truth.toString();
            case List<?> list -> list.stream().map(Edit::canonical).toList();
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, item) -> copy.put(String.valueOf(key), canonical(item)));
                yield copy;
            }
            default ->
                    throw new IllegalArgumentException(
                            "'" + value + "' is neither text nor a list nor a map; write one");
        };
    }
}
