package org.dbstore.backend.simulation;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Goal: whenever the power goes, of an atomic write everything is there or nothing, all of it once
 * it has returned, and nothing beside it changes. A plain write does not pass.
 */
class AtomicWriteCrashTest {
    /** What the cache keeps is random: so often is power lost at each operation of the device. */
    private static final int RUNS_PER_OPERATION = 8;

    private static final byte[] FIRST = Bytes.random(3 << 20, 1);

    /** How the data is written. */
    @FunctionalInterface
    private interface Writing {
        void run(Volume volume, long offset, byte[] data) throws BackendException;
    }

    /** Where. Extent 0 is the snapshot's, 1 and 2 the volume's own, 3 and 4 are not there. */
    enum Place {
        OWN(MIB + 8192, 64 << 10),
        OWN_PARTS_OF_BLOCKS(MIB + 512, 3 * 4096),
        INHERITED(4096, 64 << 10),
        HOLE(3 * MIB, 1 << 20),
        OWN_AND_OWN(2 * MIB - 8192, 5 * 4096),
        INHERITED_AND_OWN(MIB / 2, 1 << 20),
        OWN_AND_HOLE(3 * MIB - 4096, 3 * 4096),
        HOLE_AND_HOLE(4 * MIB - 512, 1024);

        private final long offset;
        private final int length;

        Place(long offset, int length) {
            this.offset = offset;
            this.length = length;
        }
    }

    /** How often what was found. */
    private static final class Outcomes {
        int old;
        int whole;
        int torn;
    }

    private static SimulatedDevice sample() throws BackendException {
        SimulatedDevice device = new SimulatedDevice(100 * MIB);
        BlockStore.initialize(device);
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 6 * MIB);
            Volume volume = store.openVolume("v");
            Bytes.write(volume, 0, FIRST);
            store.createSnapshot("v");
            Bytes.write(volume, MIB, Arrays.copyOfRange(FIRST, 1 << 20, 3 << 20));
        }
        return device;
    }

    private static Outcomes outcomes(Place place, Writing writing) throws BackendException {
        SimulatedDevice sample = sample();
        byte[] before = Arrays.copyOf(FIRST, 6 << 20);
        byte[] data = Bytes.random(place.length, 2);
        byte[] after = before.clone();
        System.arraycopy(data, 0, after, (int) place.offset, data.length);
        Outcomes outcomes = new Outcomes();
        boolean completed = false;
        for (int run = 0; !completed; run++) {
            SplittableRandom random = new SplittableRandom(run);
            SimulatedDevice device = sample.copy();
            device.setAtomicUnit(run % 2 == 0 ? SimulatedDevice.SECTOR : 4096);
            BlockStore store = Stores.open(device);
            Volume volume = store.openVolume("v");
            boolean returned = true;
            device.losePowerAfter(run / RUNS_PER_OPERATION);
            try {
                writing.run(volume, place.offset, data);
            } catch (BackendException e) {
                assertTrue(device.isPowerLost(), e::toString);
                returned = false;
            }
            completed = !device.isPowerLost();
            device.losePowerAfter(0);
            end(store);
            Survival[] all = Survival.values();
            Survival survival = all[random.nextInt(all.length)];
            SimulatedDevice crashed = device.afterPowerLoss(survival, random);
            judge(crashed, before, after, returned, outcomes);
        }
        return outcomes;
    }

    private static void end(BlockStore store) {
        try {
            store.close();
        } catch (BackendException e) {
            // The power is gone, and so is the store.
        }
    }

    private static void judge(
            SimulatedDevice crashed,
            byte[] before,
            byte[] after,
            boolean returned,
            Outcomes outcomes)
            throws BackendException {
        try (BlockStore store = Stores.open(crashed)) {
            byte[] found = Stores.content(store, "v");
            if (Arrays.equals(found, after)) {
                outcomes.whole++;
            } else if (!returned && Arrays.equals(found, before)) {
                outcomes.old++;
            } else {
                outcomes.torn++;
            }
            int snapshot =
                    store.snapshots("v").stream()
                            .filter(each -> !each.head())
                            .findFirst()
                            .orElseThrow()
                            .id();
            assertArrayEquals(FIRST, Arrays.copyOf(Stores.content(store, snapshot), FIRST.length));
            store.deleteVolume("v");
            assertEquals(0, store.info().usedExtents(), "extents belong to nobody");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everythingIsThereOrNothing(Place place) throws Exception {
        Outcomes outcomes =
                outcomes(
                        place,
                        (volume, offset, data) ->
                                volume.writeAtomically(offset, Bytes.direct(data)));
        assertEquals(0, outcomes.torn);
        assertTrue(outcomes.old >= 2 * RUNS_PER_OPERATION, "before: " + outcomes.old);
        assertTrue(outcomes.whole >= 2, "after: " + outcomes.whole);
    }

    /** The negative control. */
    @Test
    void aPlainWriteIsFoundTorn() throws Exception {
        Outcomes outcomes =
                outcomes(
                        Place.OWN,
                        (volume, offset, data) -> {
                            Bytes.write(volume, offset, data);
                            volume.flush();
                        });
        assertTrue(outcomes.torn > 0);
    }
}
