package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Goal: a star is any run of characters, wherever a name may be given by a pattern. */
class NamePatternTest {
    private static final int LONG = 1 << 16;
    private static final String FACE = "\uD83D\uDE00";
    private static final String OTHER_FACE = "\uD83D\uDE01";

    @Test
    void withoutAStarAPatternIsTheNameItself() {
        assertMatches("vm1", "vm1");
        assertMisses("vm1", "vm", "vm11", "xvm1", "");
    }

    @Test
    void anEmptyPatternMeansTheEmptyNameOnly() {
        assertMatches("", "");
        assertMisses("", "a");
    }

    @Test
    void starsAloneMeanEveryName() {
        for (String stars : List.of("*", "**", "*****")) {
            assertMatches(stars, "", "a", "a b", FACE, "*");
        }
    }

    @Test
    void aStarIsAnyRunEvenAnEmptyOne() {
        assertMatches("daily-*", "daily-", "daily-20260131T0215Z");
        assertMisses("daily-*", "daily", "hourly-1", "a-daily-1");
        assertMatches("*:db", "iqn.2026-01.org.example:db", ":db", ":db:db");
        assertMisses("*:db", "iqn.2026-01.org.example:db1", "db");
        assertMatches("a*c", "ac", "abc", "abcbc", "acac");
        assertMisses("a*c", "a", "c", "ab", "bac", "acb");
        assertMatches("*-*-*", "--", "a-b-c", "---");
        assertMisses("*-*-*", "-", "a-b");
    }

    @Test
    void whatIsBeforeAndBehindAStarDoesNotShareCharacters() {
        assertMisses("ab*ba", "aba");
        assertMatches("ab*ba", "abba");
        assertMisses("a*ab*b", "ab", "aab", "abb");
        assertMatches("a*ab*b", "aabb");
    }

    @Test
    void severalStarsInARowAreOne() {
        assertMatches("a**b", "ab", "axb");
        assertMisses("a**b", "a", "b");
    }

    @Test
    void lettersAreThoseOfTheirCase() {
        assertMisses("VM*", "vm1");
        assertMisses("vm1", "VM1");
        assertMisses("*\u00df", "\u1e9e", "ss");
    }

    @Test
    void nothingButTheStarHasAMeaning() {
        assertMatches("a.b*", "a.b1");
        assertMisses("a.b*", "axb1");
        assertMatches("[a-c]?(x)\\E*", "[a-c]?(x)\\Ey");
        assertMisses("[a-c]?(x)*", "ax");
        assertMisses("a\\*", "a*");
    }

    @Test
    void aRunMayHaveLinesInIt() {
        assertMatches("a*b", "a\nb", "a\r\n\u2028b");
    }

    @Test
    void aCharacterOutsideTheBasicPlaneIsOneCharacter() {
        assertMatches(FACE, FACE);
        assertMisses(FACE, OTHER_FACE);
        assertMatches("*" + FACE, FACE, "a" + FACE, OTHER_FACE + FACE);
        assertMisses("*" + FACE, OTHER_FACE, FACE + OTHER_FACE);
        assertMatches(FACE + "*" + OTHER_FACE, FACE + OTHER_FACE, FACE + FACE + OTHER_FACE);
        assertMisses(FACE + "*", OTHER_FACE + FACE);
    }

    @Test
    void anyOfSeveralPatternsWillDo() {
        assertTrue(NamePattern.matchesAny(List.of("a*", "*b"), "xb"));
        assertFalse(NamePattern.matchesAny(List.of("a*", "*b"), "x"));
        assertFalse(NamePattern.matchesAny(List.of(), ""));
    }

    @Test
    void theAnswerIsThatOfTheDefinition() {
        SplittableRandom random = new SplittableRandom(1);
        int fits = 0;
        for (int i = 0; i < 50_000; i++) {
            String pattern = text(random, "ab*");
            String name = text(random, "ab");
            boolean expected = byDefinition(pattern, name);
            fits += expected ? 1 : 0;
            assertTrue(expected == NamePattern.matches(pattern, name), pattern + " and " + name);
        }
        assertTrue(fits > 1000 && fits < 49_000, fits + " of 50,000 fit");
    }

    @Test
    void noPatternMakesItSlow() {
        String name = "a".repeat(LONG);
        assertTimeout(
                Duration.ofSeconds(5),
                () -> {
                    for (String pattern :
                            List.of(
                                    "a*".repeat(LONG / 2) + "b",
                                    "*a".repeat(LONG / 2) + "b*",
                                    "*a".repeat(LONG) + "*a",
                                    "a*".repeat(LONG / 2) + "b*" + "a*".repeat(LONG / 2),
                                    "*".repeat(LONG) + "b")) {
                        assertFalse(NamePattern.matches(pattern, name));
                    }
                    assertTrue(NamePattern.matches("*a".repeat(LONG) + "*", name));
                    assertTrue(NamePattern.matches("*".repeat(LONG), name));
                });
    }

    private static boolean byDefinition(String pattern, String name) {
        if (pattern.isEmpty()) {
            return name.isEmpty();
        }
        if (pattern.charAt(0) != '*') {
            return !name.isEmpty()
                    && name.charAt(0) == pattern.charAt(0)
                    && byDefinition(pattern.substring(1), name.substring(1));
        }
        for (int run = 0; run <= name.length(); run++) {
            if (byDefinition(pattern.substring(1), name.substring(run))) {
                return true;
            }
        }
        return false;
    }

    private static String text(SplittableRandom random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(9); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static void assertMatches(String pattern, String... names) {
        for (String name : names) {
            assertTrue(NamePattern.matches(pattern, name), pattern + " and " + name);
        }
    }

    private static void assertMisses(String pattern, String... names) {
        for (String name : names) {
            assertFalse(NamePattern.matches(pattern, name), pattern + " and " + name);
        }
    }
}
