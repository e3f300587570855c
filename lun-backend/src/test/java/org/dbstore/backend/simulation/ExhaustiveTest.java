package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: no short sequence of operations is unsafe. Sequences of three: bin/crash-test. */
class ExhaustiveTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everySequenceSurvivesEveryPowerLoss(int length) {
        ExhaustiveSweep sweep = new ExhaustiveSweep(length, false);
        sweep.run(THREADS);
        assertEquals("", String.join("\n", sweep.failures()));
        assertTrue(sweep.points() > 6L * sweep.sequenceCount(), sweep.points() + " points");
    }

    @Test
    void aDeviceThatLiesAboutForcesIsFoundOut() {
        ExhaustiveSweep sweep = new ExhaustiveSweep(1, true);
        sweep.run(THREADS);
        assertFalse(sweep.failures().isEmpty());
    }
}
