package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Goal: damaged metadata is refused or served right. Without a mirror on the device not all damage
 * can be noticed: then what is served must at least stay the same.
 */
class DamageTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int CASES = 2_400;

    @Test
    @Timeout(300)
    void damagedMetadataIsRefusedOrServedRight() {
        DamageSweep sweep = new DamageSweep(1, CASES, false);
        sweep.run(THREADS);
        assertEquals("", String.join("\n", sweep.failures()));
    }

    @Test
    void metadataWithoutAMirrorIsNotAlwaysServedRight() {
        DamageSweep sweep = new DamageSweep(1, 240, true);
        sweep.run(THREADS);
        assertFalse(sweep.failures().isEmpty(), "the check notices nothing");
    }
}
