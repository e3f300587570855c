package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.dbstore.tests.support.Alone;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Goal: what fuzzing has found stays mended, and nothing near it is broken. */
@Alone
@Timeout(60)
class CorpusTest {
    private static final int MUTATIONS = 20_000;
    private static final long SEED = 20260101;

    /** However many come about: the whole is a matter of seconds. */
    private static final long NANOS_MAX = 3_000_000_000L;

    @ParameterizedTest
    @EnumSource
    void theCorpusAndWhatIsNearItDoesNoHarm(FuzzTarget target) throws Exception {
        List<byte[]> seeds = new ArrayList<>();
        for (Path seed : target.seeds()) {
            byte[] input = Files.readAllBytes(seed);
            run(target, input, seed.getFileName().toString());
            seeds.add(input);
        }
        assertFalse(seeds.isEmpty(), "no corpus of " + target);
        ByteMutator mutator = new ByteMutator(SEED, seeds);
        long end = System.nanoTime() + NANOS_MAX;
        for (int i = 0; i < MUTATIONS && System.nanoTime() - end < 0; i++) {
            run(target, mutator.next(), "mutation " + i);
        }
    }

    private static void run(FuzzTarget target, byte[] input, String name) {
        try {
            target.run(input);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "%s, %s, %s: %s".formatted(target, name, HexFormat.of().formatHex(input), e),
                    e);
        }
    }
}
