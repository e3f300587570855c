package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;

/** Goal: what a deletion is said to win is what it wins, and all sums are those of the device. */
class SpaceAccountingTest {
    private static final int SIZE = 6 << 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void deletionsWinWhatWasForetold(long seed) throws BackendException {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryBlockDevice device = new MemoryBlockDevice("memory", 300 * MIB);
        BlockStore.initialize(device);
        try (BlockStore store = Stores.open(device)) {
            for (String name : List.of("a", "b")) {
                store.createVolume(name, SIZE);
                fill(store, name, random);
            }
            checkSums(store);
            for (String clone : List.of("c", "d", "e")) {
                List<SnapshotInfo> origins = snapshots(store, "a");
                store.linkClone(origins.get(random.nextInt(origins.size())).id(), clone);
                fill(store, clone, random);
                checkSums(store);
            }
            while (snapshots(store, "a").size() > 2) {
                List<SnapshotInfo> left = snapshots(store, "a");
                int id = left.get(random.nextInt(left.size())).id();
                long listed =
                        store.space().volumes().getFirst().snapshots().stream()
                                .filter(snapshot -> snapshot.id() == id)
                                .findFirst()
                                .orElseThrow()
                                .exclusiveBytes();
                long foretold = store.freedByDeletingSnapshot(id);
                long before = store.space().usedBytes();
                store.deleteSnapshot(id);
                assertEquals(before - store.space().usedBytes(), foretold);
                assertEquals(foretold, listed);
                checkSums(store);
            }
            for (String name : List.of("c", "a", "d", "b", "e")) {
                long foretold = store.freedByDeletingVolume(name);
                long before = store.space().usedBytes();
                store.deleteVolume(name);
                assertEquals(before - store.space().usedBytes(), foretold, name);
                checkSums(store);
            }
            assertEquals(0, store.space().usedBytes());
        }
    }

    private static List<SnapshotInfo> snapshots(BlockStore store, String volume)
            throws BackendException {
        return store.snapshots(volume).stream().filter(layer -> !layer.head()).toList();
    }

    private static void fill(BlockStore store, String name, SplittableRandom random)
            throws BackendException {
        Volume volume = store.openVolume(name);
        for (int i = 0; i < 60; i++) {
            int offset = random.nextInt(SIZE);
            int length = random.nextInt(1, Math.min(SIZE - offset, 1 << 21) + 1);
            switch (random.nextInt(7)) {
                case 0, 1 -> volume.unmap(offset, length);
                case 2 -> {
                    if (snapshots(store, name).size() < 6) {
                        store.createSnapshot(name);
                    }
                }
                default ->
                        Bytes.write(
                                volume,
                                offset,
                                Bytes.random(Math.min(length, 10_000), random.nextLong()));
            }
        }
        volume.flush();
        store.release(volume);
    }

    private static void checkSums(BlockStore store) throws BackendException {
        SpaceInfo space = store.space();
        assertEquals(store.info().usedExtents() * MIB, space.usedBytes());
        assertEquals(
                space.totalBytes(), space.usedBytes() + space.freeBytes() + space.reservedBytes());
        long sum = space.sharedBytes() + space.pendingBytes() + space.lostBytes();
        List<VolumeInfo> volumes = store.volumes();
        for (int i = 0; i < volumes.size(); i++) {
            assertEquals(volumes.get(i).mappedBytes(), space.volumes().get(i).mappedBytes());
            sum += space.volumes().get(i).exclusiveBytes();
        }
        assertEquals(space.usedBytes(), sum);
    }
}
