package org.dbstore.tests.fuzz;

import java.util.function.Supplier;

/** What an oracle says when something does not hold. */
final class Check {
    private Check() {}

    /** Fails with these words unless it holds. */
    static void that(boolean holds, Supplier<String> words) {
        if (!holds) {
            throw new AssertionError(words.get());
        }
    }

    /** Fails with these words unless it holds. */
    static void that(boolean holds, String words) {
        if (!holds) {
            throw new AssertionError(words);
        }
    }
}
