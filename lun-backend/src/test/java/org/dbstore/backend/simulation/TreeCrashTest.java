package org.dbstore.backend.simulation;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Goal: when the power goes at any device operation of an operation on the tree, and once more
 * while that is repaired, the next opening shows everything as it was before or as it is
 * afterwards, and nothing is lost, left over or wrong.
 */
class TreeCrashTest {
    /** What the cache keeps is random: so often is power lost at each operation of the device. */
    private static final int RUNS_PER_OPERATION = 5;

    /** What is done on the sample; ids are those of {@link Sample}. */
    private interface Work {
        void on(BlockStore store, Sample sample) throws BackendException;
    }

    /** The operations. */
    @SuppressWarnings("ImmutableEnumChecker") // the work has no state
    enum Operation {
        LINK_CLONE((store, sample) -> store.linkClone(sample.young, "n")),
        ROLL_BACK((store, sample) -> store.rollback("v", sample.young, false)),
        ROLL_BACK_AND_DISCARD((store, sample) -> store.rollback("v", sample.young, true)),
        ROLL_BACK_TO_ANOTHER_SIZE((store, sample) -> store.rollback("c", sample.ofClone, false)),
        DELETE_A_SHARED_SNAPSHOT((store, sample) -> store.deleteSnapshot(sample.old)),
        DELETE_A_SNAPSHOT_OF_A_BRANCH((store, sample) -> store.deleteSnapshot(sample.young)),
        DELETE_THE_LAST_OF_A_BRANCH((store, sample) -> store.deleteSnapshot(sample.safety)),
        DELETE_THE_ORIGINAL((store, sample) -> store.deleteVolume("v")),
        DELETE_THE_CLONE((store, sample) -> store.deleteVolume("c")),
        FLATTEN((store, sample) -> store.flatten("c", ProgressListener.NONE)),
        GROW((store, sample) -> store.resizeVolume("v", 9 * MIB, Shrink.REFUSED)),
        GROW_OVER_OLD_DATA((store, sample) -> store.resizeVolume("c", 9 * MIB, Shrink.REFUSED)),
        VACUUM((store, sample) -> store.vacuum(ProgressListener.NONE, () -> false)),
        SHRINK((store, sample) -> store.resizeVolume("v", 2 * MIB, Shrink.DISCARD));

        private final Work work;

        Operation(Work work) {
            this.work = work;
        }
    }

    /** A volume "v" that was rolled back, and a linked clone "c" of it that was made smaller. */
    private static final class Sample {
        final SimulatedDevice device = new SimulatedDevice(100 * MIB);
        final int old;
        final int young;
        final int safety;
        final int ofClone;

        Sample() throws BackendException {
            BlockStore.initialize(device);
            try (BlockStore store = Stores.open(device)) {
                store.createVolume("v", 6 * MIB);
                Volume v = store.openVolume("v");
                fill(v, 1, 0, 1, 2, 5);
                old = store.createSnapshot("v");
                fill(v, 2, 1, 3);
                v.unmap(2 * MIB, MIB);
                young = store.createSnapshot("v");
                fill(v, 3, 0, 4);
                safety = store.rollback("v", old, false).orElseThrow();
                fill(v, 4, 1);
                store.linkClone(old, "c");
                Volume c = store.openVolume("c");
                fill(c, 5, 0, 5);
                ofClone = store.createSnapshot("c");
                fill(c, 6, 2);
                store.resizeVolume("c", 3 * MIB, Shrink.DISCARD);
            }
        }

        private static void fill(Volume volume, int seed, int... extents) throws BackendException {
            for (int extent : extents) {
                Bytes.write(volume, extent * MIB + 8192, Bytes.random(4096, seed * 10 + extent));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPowerLossLeavesWhatWasBeforeOrWhatIsAfter(Operation operation) throws Exception {
        Sample sample = new Sample();
        Map<String, String> before;
        Map<String, String> after;
        try (BlockStore store = Stores.open(sample.device.copy())) {
            before = state(store);
            operation.work.on(store, sample);
            after = state(store);
        }
        boolean completed = false;
        int losses = 0;
        for (int run = 0; !completed; run++) {
            int at = run / RUNS_PER_OPERATION;
            SplittableRandom random = new SplittableRandom(run);
            SimulatedDevice device = sample.device.copy();
            completed = runUntilPowerLoss(device, sample, operation, at);
            String when = operation + ", power lost after " + at + ", run " + run;
            if (!completed) {
                losses++;
                device = device.afterPowerLoss(survival(random), random);
                device = recoverUntilPowerLoss(device, random);
            }
            try (BlockStore store = Stores.open(device)) {
                Map<String, String> found = state(store);
                if (!found.equals(after)) {
                    assertEquals(before, found, when);
                }
                assertNothingLost(store, when);
                deleteAll(store);
                assertEquals(0, store.info().usedExtents(), when);
            }
            try (BlockStore store = Stores.open(device)) {
                assertEquals("1.0.0", store.info().version(), when);
            }
        }
        assertTrue(losses >= 2 * RUNS_PER_OPERATION, "only " + losses + " losses of power");
    }

    @Test
    void anInterruptedShrinkIsFinishedByTheNextOpening() throws Exception {
        int finished = 0;
        for (int at = 0; at < 60; at++) {
            SimulatedDevice device = new SimulatedDevice(100 * MIB);
            BlockStore.initialize(device);
            try (BlockStore store = Stores.open(device)) {
                store.createVolume("v", 8 * MIB);
                Sample.fill(store.openVolume("v"), 1, 0, 3, 5, 7);
            }
            try (BlockStore store = Stores.open(device)) {
                device.losePowerAfter(at);
                store.resizeVolume("v", 2 * MIB, Shrink.DISCARD);
                device.losePowerAfter(Long.MAX_VALUE);
            } catch (BackendException e) {
                assertTrue(device.isPowerLost(), e::toString);
            }
            device = device.afterPowerLoss(Survival.ALL, new SplittableRandom(at));
            try (BlockStore store = Stores.open(device)) {
                boolean small = store.volume("v").sizeBytes() == 2 * MIB;
                assertEquals(small ? 1 : 4, store.info().usedExtents(), "after " + at);
                assertEquals(Map.of(), store.volume("v").labels());
                finished +=
                        store.findings().stream().anyMatch(f -> f.contains("made smaller")) ? 1 : 0;
            }
        }
        assertTrue(finished > 0, "never interrupted at the right place");
    }

    /** Returns true if the operation ended before the power went. */
    private static boolean runUntilPowerLoss(
            SimulatedDevice device, Sample sample, Operation operation, int at)
            throws BackendException {
        BlockStore store = Stores.open(device);
        Volume live = operation == Operation.DELETE_THE_CLONE ? null : store.openVolume("c");
        device.losePowerAfter(at);
        try {
            operation.work.on(store, sample);
        } catch (BackendException e) {
            assertTrue(device.isPowerLost(), e::toString);
        }
        boolean lost = device.isPowerLost();
        if (!lost) {
            device.losePowerAfter(Long.MAX_VALUE);
        }
        if (live != null) {
            store.release(live);
        }
        close(store, device);
        return !lost;
    }

    private static SimulatedDevice recoverUntilPowerLoss(
            SimulatedDevice device, SplittableRandom random) {
        device.losePowerAfter(random.nextInt(12));
        try {
            close(Stores.open(device), device);
        } catch (BackendException e) {
            assertTrue(device.isPowerLost(), e::toString);
        }
        return device.afterPowerLoss(survival(random), random);
    }

    private static void close(BlockStore store, SimulatedDevice device) {
        try {
            store.close();
        } catch (BackendException e) {
            assertTrue(device.isPowerLost(), e::toString);
        }
    }

    private static Survival survival(SplittableRandom random) {
        Survival[] all = Survival.values();
        return all[random.nextInt(all.length)];
    }

    /** Volumes and snapshots with their sizes and what they hold. */
    private static Map<String, String> state(BlockStore store) throws BackendException {
        Map<String, String> state = new TreeMap<>();
        for (VolumeInfo volume : store.volumes()) {
            Volume view = store.openVolume(volume.name());
            state.put(volume.name(), content(view));
            store.release(view);
            for (SnapshotInfo snapshot : store.snapshots(volume.name())) {
                if (!snapshot.head()) {
                    Volume frozen = store.openSnapshot(snapshot.id());
                    state.put(volume.name() + "@" + snapshot.id(), content(frozen));
                    store.release(frozen);
                }
            }
        }
        return state;
    }

    private static String content(Volume view) throws BackendException {
        StringBuilder content = new StringBuilder().append(view.sizeBytes());
        for (long at = 0; at < view.sizeBytes(); at += MIB) {
            content.append(' ')
                    .append(Arrays.hashCode(Bytes.read(view, at, 4096)))
                    .append('/')
                    .append(Arrays.hashCode(Bytes.read(view, at + 8192, 4096)));
        }
        return content.toString();
    }

    private static void assertNothingLost(BlockStore store, String when) {
        List<String> wrong =
                store.findings().stream()
                        .filter(finding -> finding.contains("kept") || finding.contains("lost"))
                        .toList();
        assertEquals(List.of(), wrong, when);
    }

    private static void deleteAll(BlockStore store) throws BackendException {
        for (VolumeInfo volume : store.volumes()) {
            store.deleteVolume(volume.name());
        }
    }
}
