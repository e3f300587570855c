package org.dbstore.config;

import java.nio.charset.StandardCharsets;

/** Parsers of single values. Each throws IllegalArgumentException: what is wrong; the remedy. */
final class Values {
    private static final int TEXT_BYTES_MAX = 255;

    private Values() {}

    static int integer(String text, int min, int max) {
        String range = min + ".." + max;
        if (!text.matches("[0-9]{1,9}")
                || Integer.parseInt(text) < min
                || Integer.parseInt(text) > max) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a whole number in " + range + "; write one");
        }
        return Integer.parseInt(text);
    }

    /** A name that the operator makes up, for a device or a group. */
    static String label(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is not a name; use 1 to 64 letters, digits, '-' and '_', a letter"
                            + " or digit first");
        }
        return text;
    }

    /** Text for people. */
    static String text(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "has " + bytes + " bytes; at most " + TEXT_BYTES_MAX + " are allowed");
        }
        if (text.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("contains control characters; leave them out");
        }
        return text;
    }
}
