package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: no power loss breaks a promise. {@code bin/crash-test} hunts longer. */
class CrashSimulationTest {
    private static final long POINTS = Long.getLong("simulation.points", 20_000);

    @Test
    void everyPromiseSurvivesPowerLossAtAnyMoment() {
        CrashRun run =
                new CrashRun(1, POINTS, Runtime.getRuntime().availableProcessors(), line -> {});
        run.run();
        assertEquals("", String.join("\n", run.failures()));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenStoreIsFoundOut(CrashSimulation.Sabotage sabotage) {
        boolean found = false;
        for (long seed = 1; seed <= 100 && !found; seed++) {
            found = CrashRun.simulate(seed, sabotage).failure() != null;
        }
        assertTrue(found, "100 seeds, and nothing noticed");
    }
}
