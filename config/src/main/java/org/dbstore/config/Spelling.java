package org.dbstore.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which word was meant. */
public final class Spelling {
    private Spelling() {}

    /**
     * Returns the candidate that takes the fewest changes.
     *
     * @param word as it was written
     * @param candidates what could be meant
     * @return empty if it takes more changes than a slip of the fingers
     */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        int changesMax = Math.max(1, word.length() / 3);
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> changes(word, candidate)))
                .filter(candidate -> changes(word, candidate) <= changesMax);
    }

    /** Letters to add, drop or replace, or neighbours to swap; blind to case. */
    private static int changes(String from, String to) {
        String source = from.toLowerCase(Locale.ROOT);
        String target = to.toLowerCase(Locale.ROOT);
        int[][] changes = new int[source.length() + 1][target.length() + 1];
        for (int i = 0; i <= source.length(); i++) {
            for (int j = 0; j <= target.length(); j++) {
                changes[i][j] = i == 0 || j == 0 ? i + j : cheapest(changes, source, i, target, j);
            }
        }
        return changes[source.length()][target.length()];
    }

    private static int cheapest(int[][] changes, String source, int i, String target, int j) {
        boolean equal = source.charAt(i - 1) == target.charAt(j - 1);
        int cheapest = changes[i - 1][j - 1] + (equal ? 0 : 1);
        cheapest = Math.min(cheapest, 1 + Math.min(changes[i - 1][j], changes[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && source.charAt(i - 1) == target.charAt(j - 2)
                        && source.charAt(i - 2) == target.charAt(j - 1);
        return swapped ? Math.min(cheapest, changes[i - 2][j - 2] + 1) : cheapest;
    }
}
