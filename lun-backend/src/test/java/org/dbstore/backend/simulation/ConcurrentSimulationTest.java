package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.junit.jupiter.api.Test;

/** Goal: what clients see and find again is as if their requests had come one after the other. */
class ConcurrentSimulationTest {
    @Test
    void clientsAtTheSameTimeFindWhatTheyWerePromised() throws BackendException {
        long moved = 0;
        for (long seed = 1; seed <= 60; seed++) {
            ConcurrentSimulation simulation = new ConcurrentSimulation(seed, false);
            assertNull(simulation.run(), "seed " + seed);
            moved += simulation.moved();
        }
        assertTrue(moved > 0, "no extent moved under its clients");
    }

    @Test
    void aDeviceThatLiesAboutForcesIsFoundOut() throws BackendException {
        boolean found = false;
        for (long seed = 1; seed <= 50 && !found; seed++) {
            found = new ConcurrentSimulation(seed, true).run() != null;
        }
        assertTrue(found, "50 seeds, and nothing noticed");
    }
}
