package org.dbstore.config;

import java.util.List;

/**
 * Patterns of names: '*' stands for any run of characters, be it empty; any other character for
 * itself, in the same case. There is no other wildcard, and nothing takes its meaning from a star.
 *
 * <p>Who compares names of iSCSI nodes has both sides in the form of {@link IscsiName}, where case
 * is settled.
 */
public final class NamePattern {
    private static final char ANY_RUN = '*';

    private NamePattern() {}

    /** Tells whether a name fits one of some patterns. */
    public static boolean matchesAny(List<String> patterns, String name) {
        for (String pattern : patterns) {
            if (matches(pattern, name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tells whether a name fits a pattern. What stands between two stars is looked for once, behind
     * what was found before: the first place will do, for it leaves most to the rest. So the number
     * of stars costs nothing, and nothing is compiled.
     *
     * <p>Compares UTF-16 units, which for well-formed text is comparing characters: neither half of
     * a surrogate pair looks like the other.
     */
    public static boolean matches(String pattern, String name) {
        int star = pattern.indexOf(ANY_RUN);
        if (star < 0) {
            return pattern.equals(name);
        }
        if (!name.startsWith(pattern.substring(0, star))) {
            return false;
        }
        int at = star;
        int last = pattern.lastIndexOf(ANY_RUN);
        while (star < last) {
            int next = pattern.indexOf(ANY_RUN, star + 1);
            String piece = pattern.substring(star + 1, next);
            int found = name.indexOf(piece, at);
            if (found < 0) {
                return false;
            }
            at = found + piece.length();
            star = next;
        }
        String end = pattern.substring(last + 1);
        return name.length() - at >= end.length() && name.endsWith(end);
    }
}
