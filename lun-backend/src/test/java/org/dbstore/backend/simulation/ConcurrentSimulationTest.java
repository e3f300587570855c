package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.junit.jupiter.api.Test;

/** Goal: what clients see and find again is as if their requests had come one after the other. */
class ConcurrentSimulationTest {
    @Test
    void clientsAtTheSameTimeFindWhatTheyWerePromised() throws BackendException {
        for (long seed = 1; seed <= 60; seed++) {
            assertNull(new ConcurrentSimulation(seed, false).run(), "seed " + seed);
        }
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
