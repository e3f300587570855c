package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Set;

/** Goal: a full device refuses what needs space, serves what it has, and can be made emptier. */
class FullDeviceTest {
    private static final int BLOCK = 4096;

    /** What is kept of the 99 extents. */
    private static final long RESERVE = 3;

    private final MemoryBlockDevice device;
    private final BlockStore store;
    private final Volume volume;
    private int snapshot;

    FullDeviceTest() throws BackendException {
        device = Stores.initialized();
        store = Stores.open(device);
        store.createVolume("v", 200 * MIB);
        volume = store.openVolume("v");
    }

    /** A snapshot with four extents, and a head that took all the rest. */
    @BeforeEach
    void fill() throws BackendException {
        for (int i = 0; i < 4; i++) {
            Bytes.write(volume, i * MIB, Bytes.random(4 * BLOCK, i));
        }
        snapshot = store.createSnapshot("v");
        assertFails(
                BackendError.NO_SPACE,
                () -> {
                    for (long at = 4 * MIB; at < volume.sizeBytes(); at += MIB) {
                        Bytes.write(volume, at, Bytes.random(BLOCK, at));
                    }
                });
        volume.flush();
    }

    @AfterEach
    void close() throws BackendException {
        assertFalse(store.isFailed());
        store.close();
        try (BlockStore again = Stores.open(device)) {
            assertEquals(0, again.findings().size());
        }
    }

    @Test
    void theReserveIsLeftAndCountedAsReserved() throws Exception {
        SpaceInfo space = store.space();
        assertEquals(0, space.freeBytes());
        assertEquals(
                space.totalBytes(), space.usedBytes() + space.freeBytes() + space.reservedBytes());
        assertEquals((1 + 1 + 2 + 2 + RESERVE) * MIB, space.reservedBytes());
        assertEquals(
                space.usedBytes(),
                space.volumes().getFirst().exclusiveBytes()
                        + space.sharedBytes()
                        + space.pendingBytes()
                        + space.lostBytes());
    }

    @Test
    void mappedBlocksAreReadAndOverwritten() throws Exception {
        byte[] data = Bytes.random(BLOCK, 7);
        Bytes.write(volume, 4 * MIB, data);
        volume.flush();
        assertArrayEquals(data, Bytes.read(volume, 4 * MIB, BLOCK));
        assertArrayEquals(Bytes.random(4 * BLOCK, 2), Bytes.read(volume, 2 * MIB, 4 * BLOCK));
    }

    @Test
    void aFirstWriteAfterASnapshotIsRefusedAndChangesNothing() throws Exception {
        assertFails(BackendError.NO_SPACE, () -> Bytes.write(volume, 0, Bytes.random(BLOCK, 7)));
        assertArrayEquals(Bytes.random(4 * BLOCK, 0), Bytes.read(volume, 0, 4 * BLOCK));
    }

    @Test
    void clonesAreRefused() {
        assertFails(
                BackendError.NO_SPACE,
                () -> store.cloneSnapshot(snapshot, "n", ProgressListener.NONE));
        assertEquals(1, store.volumes().size());
    }

    @Test
    void whatASnapshotHoldsCanBeUnmapped() throws Exception {
        volume.unmap(0, 2 * BLOCK); // the other two blocks have to be copied
        volume.unmap(MIB, MIB); // a tombstone
        volume.writeZeroes(2 * MIB + 100, 200); // a part of a block
        volume.flush();
        assertArrayEquals(new byte[2 * BLOCK], Bytes.read(volume, 0, 2 * BLOCK));
        assertArrayEquals(new byte[BLOCK], Bytes.read(volume, MIB, BLOCK));
        assertArrayEquals(new byte[200], Bytes.read(volume, 2 * MIB + 100, 200));
        assertFails(BackendError.NO_SPACE, () -> volume.unmap(3 * MIB, MIB)); // no reserve left
    }

    @Test
    void unmappedExtentsCanBeWrittenAgain() throws Exception {
        volume.unmap(10 * MIB, 2 * MIB);
        Bytes.write(volume, 150 * MIB, Bytes.random(BLOCK, 1));
        Bytes.write(volume, 151 * MIB, Bytes.random(BLOCK, 1));
        assertFails(
                BackendError.NO_SPACE,
                () -> Bytes.write(volume, 152 * MIB, Bytes.random(BLOCK, 1)));
    }

    @Test
    void snapshotsRollbacksLabelsAndDeletionsGoOn() throws Exception {
        int other = store.createSnapshot("v");
        store.labelVolume("v", Map.of("key", "value"), Set.of());
        store.rollback("v", snapshot, false);
        assertArrayEquals(Bytes.random(4 * BLOCK, 0), Bytes.read(volume, 0, 4 * BLOCK));
        store.deleteSnapshot(other);
        store.rollback("v", snapshot, true);
        store.deleteSnapshot(snapshot);
        store.release(volume);
        store.deleteVolume("v");
        assertEquals(0, store.info().usedExtents());
    }

    @Test
    void theCatalogueMayGrow() throws Exception {
        for (int i = 0; i < 25; i++) { // more than one extent holds
            store.createVolume("w" + i, MIB);
            store.setScsiState("w" + i, Bytes.random(60_000, i));
        }
        assertArrayEquals(Bytes.random(60_000, 24), store.scsiState("w24"));
    }

    @Test
    void aVacuumWorks() throws Exception {
        byte[] before = Bytes.read(volume, 0, 8 << 20);
        store.vacuum(ProgressListener.NONE, () -> false);
        assertArrayEquals(before, Bytes.read(volume, 0, 8 << 20));
    }
}
