package org.dbstore.backend;

import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Goal: making a store destroys nothing by accident and leaves nothing half-made. */
class InitializeTest {
    private static final long MIN = 104857600;

    @TempDir private Path directory;

    @Test
    void aMissingFileIsCreatedSparse() throws Exception {
        Path file = directory.resolve("store");
        BlockStore.initialize(file, 1L << 30, false);
        assertEquals(1L << 30, Files.size(file));
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            DeviceInfo info = store.info();
            assertEquals(file, info.path());
            assertEquals("1.0.0", info.version());
            assertEquals(1023, info.totalExtents());
            assertEquals(0, info.usedExtents() + info.highWaterExtents() + info.volumeCount());
            assertNotEquals(new UUID(0, 0), info.deviceId());
        }
    }

    @Test
    void aStoreIsReplacedOnlyIfThatWasAskedFor() throws Exception {
        Path file = directory.resolve("store");
        BlockStore.initialize(file, MIN, false);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            store.createVolume("v", 1);
            Bytes.write(store.openVolume("v"), 0, new byte[1]);
        }
        assertFails(BackendError.ALREADY_EXISTS, () -> BlockStore.initialize(file, 0, false));
        BlockStore.initialize(file, 0, true);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertTrue(store.volumes().isEmpty());
            assertEquals(0, store.info().usedExtents());
            assertEquals(0, store.info().snapshotCount());
        }
    }

    @Test
    void aFileGrowsIfAskedToAndNeverShrinks() throws Exception {
        Path file = Files.createFile(directory.resolve("store"));
        BlockStore.initialize(file, MIN, false);
        BlockStore.initialize(file, 2 * MIN, true);
        assertEquals(2 * MIN, Files.size(file));
        assertFails(BackendError.INVALID, () -> BlockStore.initialize(file, MIN, true));
        BlockStore.open(file, OpenOptions.DEFAULT).close();
    }

    @Test
    void whatIsTooSmallIsRefusedAndNotLeftBehind() {
        Path file = directory.resolve("store");
        assertFails(BackendError.INVALID, () -> BlockStore.initialize(file, MIN - 1, false));
        assertFails(BackendError.INVALID, () -> BlockStore.initialize(file, 0, false));
        assertFalse(Files.exists(file));
        assertFails(
                BackendError.INVALID,
                () -> BlockStore.initialize(new MemoryBlockDevice("m", MIN - 1)));
    }

    @Test
    void aDeviceInUseIsNeitherInitializedNorOpenedAgain() throws Exception {
        Path file = directory.resolve("store");
        BlockStore.initialize(file, MIN, false);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertFails(BackendError.BUSY, () -> BlockStore.initialize(file, 0, true));
            assertFails(
                    BackendError.BUSY, () -> BlockStore.open(file, OpenOptions.DEFAULT).close());
            store.createVolume("v", 1);
        }
        BlockStore store = BlockStore.open(file, OpenOptions.READ_ONLY);
        store.close();
        store.close(); // twice is once
    }

    @Test
    void aRefusedOpeningGivesTheLockBack() throws Exception {
        Path file = Files.write(directory.resolve("no-store"), new byte[8192]);
        assertFails(
                BackendError.NOT_A_STORE, () -> BlockStore.open(file, OpenOptions.DEFAULT).close());
        assertFails(
                BackendError.NOT_A_STORE, () -> BlockStore.open(file, OpenOptions.DEFAULT).close());
        assertFails(
                BackendError.NOT_FOUND,
                () -> BlockStore.open(directory.resolve("none"), OpenOptions.DEFAULT).close());
    }
}
