package org.dbstore.backend.simulation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Goal: when the file system below a sparse device is full, nothing is lost or half done. */
class FullFileSystemTest {
    private static final int BLOCK = 4096;

    private static SimulatedDevice full(int snapshotExtents) throws BackendException {
        SimulatedDevice device = new SimulatedDevice(100 * MIB);
        BlockStore.initialize(device);
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 30 * MIB);
            Volume volume = store.openVolume("v");
            for (int i = 0; i < 6; i++) {
                Bytes.write(volume, i * MIB, Bytes.random(BLOCK, i));
                if (i + 1 == snapshotExtents) {
                    store.createSnapshot("v");
                }
            }
        }
        device.setFreePages(0);
        return device;
    }

    @Test
    void aWriteIsRefusedAndChangesNothing() throws Exception {
        SimulatedDevice device = full(0);
        try (BlockStore store = Stores.open(device)) {
            Volume volume = store.openVolume("v");
            assertFails(
                    BackendError.NO_SPACE,
                    () -> Bytes.write(volume, 9 * MIB, Bytes.random(BLOCK, 9)));
            assertFalse(store.isFailed());
            assertArrayEquals(new byte[BLOCK], Bytes.read(volume, 9 * MIB, BLOCK));
            Bytes.write(volume, MIB, Bytes.random(BLOCK, 10));
            volume.flush();
        }
        try (BlockStore store = Stores.open(device)) {
            assertEquals(List.of(), store.findings());
            assertEquals(6, store.info().usedExtents());
            Volume volume = store.openVolume("v");
            assertArrayEquals(Bytes.random(BLOCK, 10), Bytes.read(volume, MIB, BLOCK));
        }
    }

    @Test
    void unmapsAndDeletionsMakeRoom() throws Exception {
        SimulatedDevice device = full(3);
        try (BlockStore store = Stores.open(device)) {
            Volume volume = store.openVolume("v");
            volume.unmap(5 * MIB, MIB);
            volume.unmap(MIB, MIB); // hides what the snapshot holds
            volume.flush();
            int snapshot = store.snapshots("v").get(1).id();
            store.deleteSnapshot(snapshot);
            assertFalse(store.isFailed());
            assertArrayEquals(new byte[BLOCK], Bytes.read(volume, MIB, BLOCK));
            assertArrayEquals(Bytes.random(BLOCK, 2), Bytes.read(volume, 2 * MIB, BLOCK));
            Bytes.write(volume, 9 * MIB, Bytes.random(BLOCK, 9));
            volume.flush();
        }
        try (BlockStore store = Stores.open(device)) {
            assertEquals(List.of(), store.findings());
            store.deleteVolume("v");
            assertEquals(0, store.info().usedExtents());
        }
    }
}
