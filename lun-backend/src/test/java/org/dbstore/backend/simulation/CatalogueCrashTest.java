package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Goal: names, labels, SCSI states and identities are as before an operation or as after it,
 * whenever the power goes, and after it if it had returned. {@code -Dsimulation.stride=1} tries
 * every device operation.
 */
class CatalogueCrashTest {
    private static final long MIB = 1 << 20;

    /** Device operations from one power loss to the next; 1 tries all. */
    private static final int STRIDE = Integer.getInteger("simulation.stride", 3);

    /** One change of the store. */
    @FunctionalInterface
    private interface Step {
        void run(BlockStore store) throws BackendException;
    }

    /** The long states fill the journal, so that homes are written too. */
    private static final List<Step> SCRIPT =
            List.of(
                    store -> store.createVolume("a", MIB),
                    store -> store.createVolume("b", MIB),
                    store -> store.createSnapshot("a", "first"),
                    store -> store.setScsiState("a", Bytes.random(40_000, 1)),
                    store ->
                            store.createSnapshots(
                                    List.of(
                                            SnapshotRequest.of("b", "group"),
                                            SnapshotRequest.of("a", "group"))),
                    store -> store.renameVolume("a", "long".repeat(60)),
                    store -> store.labelVolume("b", Map.of("k", "v", "l", "w"), Set.of()),
                    store -> store.setScsiState("b", Bytes.random(700, 2)),
                    store -> store.renameSnapshot(store.snapshotId("b", "group"), "renamed"),
                    store ->
                            store.labelSnapshot(
                                    store.snapshotId("b", "renamed"), Map.of("x", "y"), Set.of()),
                    store -> store.setScsiState("b", Bytes.random(65_536, 4)),
                    store -> store.setScsiState("b", Bytes.random(65_500, 5)),
                    store -> store.setScsiState("b", Bytes.random(65_536, 6)),
                    store -> store.setScsiState("b", Bytes.random(60_000, 7)),
                    store -> store.setScsiState("b", Bytes.random(65_536, 8)),
                    store -> store.setScsiState("b", Bytes.random(65_000, 9)),
                    store -> store.setScsiState("b", Bytes.random(65_536, 10)),
                    store -> store.setScsiState("b", Bytes.random(65_536, 11)),
                    store -> store.setScsiState("long".repeat(60), Bytes.random(90, 3)),
                    store -> store.deleteSnapshot(store.snapshotId("long".repeat(60), "first")),
                    store ->
                            store.cloneSnapshot(
                                    store.snapshotId("b", "renamed"),
                                    "clone",
                                    ProgressListener.NONE),
                    store -> store.deleteVolume("long".repeat(60)),
                    store -> store.labelVolume("b", Map.of(), Set.of("k")));

    /** What people and initiators see; ids by what they belong to. */
    private record State(List<String> facts, Map<String, UUID> ids) {
        static State of(BlockStore store) throws BackendException {
            List<String> facts = new ArrayList<>();
            Map<String, UUID> ids = new TreeMap<>();
            for (VolumeInfo volume : store.volumes()) {
                facts.add(
                        "%s %s %d"
                                .formatted(
                                        volume.name(),
                                        volume.labels(),
                                        Arrays.hashCode(store.scsiState(volume.name()))));
                ids.put("volume " + volume.slot(), volume.uuid());
                for (SnapshotInfo layer : store.snapshots(volume.name())) {
                    facts.add("%d %s %s".formatted(layer.id(), layer.name(), layer.labels()));
                    ids.put("snapshot " + layer.id(), layer.uuid());
                }
            }
            ids.keySet().removeIf(key -> key.startsWith("snapshot") && isHead(store, key));
            return new State(facts, ids);
        }

        private static boolean isHead(BlockStore store, String key) {
            return store.volumes().stream()
                    .anyMatch(volume -> key.equals("snapshot " + volume.headSnapshotId()));
        }

        /** True if nothing that is in both has another id. */
        boolean keepsIdsOf(State other) {
            return other.ids.entrySet().stream()
                    .allMatch(entry ->
                            !ids.containsKey(entry.getKey())
                                    || entry.getValue().equals(ids.get(entry.getKey())));
        }
    }

    private static SimulatedDevice initialized() throws BackendException {
        SimulatedDevice device = new SimulatedDevice(100 << 20);
        BlockStore.initialize(device);
        return device;
    }

    @ParameterizedTest
    @EnumSource(Survival.class)
    void everyOperationIsDoneOrNotDone(Survival survival) throws Exception {
        List<State> states = new ArrayList<>();
        try (BlockStore store = BlockStore.open(initialized(), OpenOptions.DEFAULT)) {
            states.add(State.of(store));
            for (Step step : SCRIPT) {
                step.run(store);
                states.add(State.of(store));
            }
        }
        int k = survival.name().length() % STRIDE;
        while (!crashAt(k, survival, states)) {
            k += STRIDE;
        }
        assertTrue(k >= 2 * SCRIPT.size(), "only " + k + " device operations");
    }

    /** Returns true if the whole script was done before. */
    private static boolean crashAt(int k, Survival survival, List<State> states)
            throws BackendException {
        SimulatedDevice device = initialized();
        BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT);
        device.losePowerAfter(k);
        int done = 0;
        State last = states.getFirst();
        try {
            for (Step step : SCRIPT) {
                step.run(store);
                done++;
                last = State.of(store);
            }
        } catch (BackendException e) {
            assertTrue(device.isPowerLost(), e.toString());
        }
        boolean complete = done == SCRIPT.size();
        end(device, store);
        SimulatedDevice crashed = device.afterPowerLoss(survival, new SplittableRandom(k));
        try (BlockStore again = BlockStore.open(crashed, OpenOptions.DEFAULT)) {
            State found = State.of(again);
            String at = "power lost after %d operations, in step %d".formatted(k, done);
            boolean asBefore = found.facts().equals(states.get(done).facts());
            boolean asAfter = !complete && found.facts().equals(states.get(done + 1).facts());
            assertTrue(asBefore || asAfter, () -> at + ": " + found.facts());
            assertTrue(found.keepsIdsOf(last), () -> at + ": another identity");
        }
        return complete;
    }

    private static void end(SimulatedDevice device, BlockStore store) throws BackendException {
        device.losePowerAfter(0);
        try {
            store.close();
        } catch (BackendException e) {
            assertEquals(BackendError.FAILED, e.error());
        }
    }

    @Test
    void aScsiStateIsDurableWhenItIsAcknowledged() throws Exception {
        SimulatedDevice device = initialized();
        BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT);
        store.createVolume("v", MIB);
        byte[] state = Bytes.random(65536, 5);
        store.setScsiState("v", state);
        end(device, store);
        device = device.afterPowerLoss(Survival.NOTHING, new SplittableRandom(1));
        try (BlockStore again = BlockStore.open(device, OpenOptions.DEFAULT)) {
            assertArrayEquals(state, again.scsiState("v"));
        }
    }

    private static final UUID BOOT_1 = new UUID(1, 1);
    private static final UUID BOOT_2 = new UUID(1, 2);

    private static SimulatedDevice dirtyDevice() throws BackendException {
        SimulatedDevice device = initialized();
        BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT, BOOT_1);
        store.createVolume("dirty", MIB);
        store.createVolume("clean", MIB);
        Volume volume = store.openVolume("dirty");
        Bytes.write(volume, 0, new byte[4096]);
        volume.markDirty();
        volume.markDirty();
        end(device, store);
        return device.afterPowerLoss(Survival.NOTHING, new SplittableRandom(1));
    }

    private static boolean wasDirty(BlockStore store, String name) throws BackendException {
        Volume volume = store.openVolume(name);
        boolean dirty = volume.wasDirtyAtCrash();
        store.release(volume);
        return dirty;
    }

    @Test
    void theEndOfTheSystemUnderADirtyVolumeIsTold() throws Exception {
        SimulatedDevice device = dirtyDevice();
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT, BOOT_2)) {
            assertTrue(wasDirty(store, "dirty"));
            assertFalse(wasDirty(store, "clean"));
            assertTrue(store.findings().stream().anyMatch(line -> line.contains("acknowledged")));
        }
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT, new UUID(1, 3))) {
            assertFalse(wasDirty(store, "dirty"));
        }
    }

    @Test
    void theEndOfTheProcessAloneLosesNothing() throws Exception {
        try (BlockStore store = BlockStore.open(dirtyDevice(), OpenOptions.DEFAULT, BOOT_1)) {
            assertFalse(wasDirty(store, "dirty"));
        }
    }

    @Test
    void theMarkOutlastsACrashOfTheProcessThatFoundIt() throws Exception {
        SimulatedDevice device = dirtyDevice();
        end(device, BlockStore.open(device, OpenOptions.DEFAULT, BOOT_1));
        device = device.afterPowerLoss(Survival.ALL, new SplittableRandom(1));
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT, BOOT_2)) {
            assertTrue(wasDirty(store, "dirty"));
        }
    }
}
