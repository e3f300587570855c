package org.dbstore.config;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names of iSCSI nodes (RFC 7143, "iSCSI Names"; examples in RFC 3721) and patterns of them. Names
 * are compared in the form that RFC 3722 prepares: normalised (NFKC) and in lower case.
 */
public final class IscsiName {
    /** Longest name in bytes of UTF-8 (RFC 7143, "iSCSI Name Structure"). */
    public static final int BYTES_MAX = 223;

    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
    private static final Pattern IQN =
            Pattern.compile(
                    "iqn\\.[0-9]{4}-(0[1-9]|1[0-2])\\." + LABEL + "(\\." + LABEL + ")*(:.+)?");
    private static final Pattern EUI = Pattern.compile("eui\\.[0-9a-f]{16}");
    private static final Pattern NAA = Pattern.compile("naa\\.(?:[0-9a-f]{16}|[0-9a-f]{32})");

    private IscsiName() {}

    /**
     * Checks and normalises a name.
     *
     * @param text as written
     * @return the normalised name
     * @throws IllegalArgumentException if it is none; the message says why and the remedy
     */
    public static String parse(String text) {
        String name = normalise(text, "");
        if (name.startsWith("eui.")) {
            if (!EUI.matcher(name).matches()) {
                throw bad(text, "write eui. and 16 hexadecimal digits");
            }
        } else if (name.startsWith("naa.")) {
            if (!NAA.matcher(name).matches()) {
                throw bad(text, "write naa. and 16 or 32 hexadecimal digits");
            }
        } else if (!IQN.matcher(name).matches()) {
            throw bad(
                    text,
                    "write iqn.YEAR-MONTH.DOMAIN-REVERSED:NAME as in"
                            + " iqn.2026-01.com.example:disk1");
        }
        return name;
    }

    /**
     * Checks and normalises a pattern of initiator names: a name in which {@code *} stands for any
     * run of characters.
     *
     * @param text as written
     * @return the normalised pattern
     * @throws IllegalArgumentException if no valid name could match; the message says why and the
     *     remedy
     */
    public static String parsePattern(String text) {
        if (!text.contains("*")) {
            return parse(text);
        }
        if (text.chars().allMatch(c -> c == '*')) {
            throw new IllegalArgumentException(
                    "'" + text + "' would admit everybody; if that is meant, write any");
        }
        String pattern = normalise(text, "*");
        String head = pattern.substring(0, pattern.indexOf('*'));
        boolean canMatch =
                Stream.of("iqn.", "eui.", "naa.")
                        .anyMatch(type -> head.startsWith(type) || type.startsWith(head));
        if (!canMatch) {
            throw bad(text, "names begin with iqn., eui. or naa.");
        }
        return pattern;
    }

    private static String normalise(String text, String allowed) {
        String name = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the name has " + bytes + " bytes; at most " + BYTES_MAX + " are allowed");
        }
        for (int c : name.codePoints().toArray()) {
            if (!Character.isLetterOrDigit(c) && ("-.:" + allowed).indexOf(c) < 0) {
                throw bad(
                        text,
                        (Character.isISOControl(c) || Character.isWhitespace(c)
                                        ? "character U+" + String.format("%04X", c)
                                        : "'" + Character.toString(c) + "'")
                                + " is not allowed: only letters, digits, '-', '.' and ':'");
            }
        }
        return name;
    }

    private static IllegalArgumentException bad(String text, String remedy) {
        String shown =
                text.codePoints().anyMatch(Character::isISOControl) ? "the name" : "'" + text + "'";
        return new IllegalArgumentException(shown + " is not an iSCSI name; " + remedy);
    }
}
