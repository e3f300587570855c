package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Goal: no power loss breaks a promise. {@code -Dsimulation.seeds=100000} hunts longer, {@code
 * -Dsimulation.seed=N} repeats one.
 */
class CrashSimulationTest {
    private static final long SEED_COUNT = Long.getLong("simulation.seeds", 400);
    private static final long FIRST_SEED = Long.getLong("simulation.seed", 1);

    @Test
    void everyPromiseSurvivesPowerLossAtAnyMoment() {
        long count = System.getProperty("simulation.seed") == null ? SEED_COUNT : 1;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
            String failure = failure(seed, false);
            if (failure != null) {
                fail("-Dsimulation.seed=%d: %s".formatted(seed, failure));
            }
        }
    }

    @Test
    void aStoreThatDoesNotWaitBetweenTheStagesIsFoundOut() {
        boolean found = false;
        for (long seed = 1; seed <= 200 && !found; seed++) {
            found = failure(seed, true) != null;
        }
        assertTrue(found, "200 seeds without the barrier, and nothing noticed");
    }

    private static @Nullable String failure(long seed, boolean dropBarrier) {
        try {
            return new CrashSimulation(seed, dropBarrier).run();
        } catch (Exception | AssertionError e) {
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(trace));
            return trace.toString();
        }
    }
}
