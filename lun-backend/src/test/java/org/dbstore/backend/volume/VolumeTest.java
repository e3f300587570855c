package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Goal: requests cost the transfers they must and no more, and huge volumes cost nothing. */
class VolumeTest {
    private final FaultyDevice device = new FaultyDevice(Stores.initialized());
    private final BlockStore store = Stores.openPlain(device);

    VolumeTest() throws BackendException {}

    @AfterEach
    void closeStore() throws BackendException {
        store.close();
    }

    private Volume volume(long bytes) throws BackendException {
        store.createVolume("v", bytes);
        return store.openVolume("v");
    }

    @Test
    void extentsAdjacentOnTheDeviceMoveInOneTransfer() throws Exception {
        Volume v = volume(8 * MIB);
        byte[] data = Bytes.random(8 << 20, 1);
        Bytes.write(v, 0, data);
        int reads = device.reads();
        int writes = device.writes();
        assertArrayEquals(
                java.util.Arrays.copyOfRange(data, 500_000, 500_000 + (1 << 20)),
                Bytes.read(v, 500_000, 1 << 20));
        assertEquals(1, device.reads() - reads);
        Bytes.write(v, 500_000, Bytes.random(1 << 20, 2));
        assertEquals(1, device.writes() - writes);
    }

    @Test
    void holesCostNoTransfer() throws Exception {
        Volume v = volume(8 * MIB);
        Bytes.write(v, 4096, Bytes.random(4096, 1));
        int reads = device.reads();
        Bytes.read(v, 8192, 7 << 20);
        assertEquals(0, device.reads() - reads);
        Bytes.read(v, 0, 8 << 20);
        assertEquals(1, device.reads() - reads);
    }

    @Test
    void aCopyOnWriteMovesOnlyWhatIsMappedAndNotOverwritten() throws Exception {
        Volume v = volume(MIB);
        Bytes.write(v, 0, Bytes.random(3 * 4096, 1));
        Bytes.write(v, 40 * 4096, Bytes.random(2 * 4096, 2));
        store.createSnapshot("v");
        int reads = device.reads();
        Bytes.write(v, 4096, Bytes.random(4096, 3));
        assertEquals(3, device.reads() - reads); // block 0, block 2, blocks 40 and 41
        assertArrayEquals(Bytes.random(2 * 4096, 2), Bytes.read(v, 40 * 4096, 2 * 4096));
    }

    @Test
    void aFullOverwriteOfASharedExtentCopiesNothing() throws Exception {
        Volume v = volume(MIB);
        Bytes.write(v, 0, Bytes.random(1 << 20, 1));
        store.createSnapshot("v");
        int reads = device.reads();
        Bytes.write(v, 0, Bytes.random(1 << 20, 2));
        assertEquals(0, device.reads() - reads);
    }

    @Test
    void writtenZeroesAreStored() throws Exception {
        Volume v = volume(MIB);
        Bytes.write(v, 0, new byte[4096]);
        assertEquals(4096, store.volume("v").mappedBytes());
    }

    @Test
    void aVolumeOfOnePebibyteOpensWritesAndUnmapsAtOnce() throws Exception {
        Volume v = volume(1L << 50);
        byte[] data = Bytes.random(10_000, 1);
        for (int i = 0; i < 16; i++) {
            Bytes.write(v, i * (1L << 46) + 12_345, data);
        }
        Bytes.write(v, (1L << 50) - 10_000, data);
        store.release(v);
        Volume again = store.openVolume("v");
        assertArrayEquals(data, Bytes.read(again, 15 * (1L << 46) + 12_345, data.length));
        VolumeContents.Run hole = again.runAt(1 << 20);
        assertFalse(hole.mapped());
        assertEquals((1L << 46) + 12_288 - (1 << 20), hole.lengthBytes());
        assertTimeout(Duration.ofSeconds(2), () -> again.unmap(0, 1L << 50));
        again.flush();
        assertEquals(0, store.info().usedExtents());
    }

    @Test
    void runsTellWhatIsMapped() throws Exception {
        Volume v = volume(8 * MIB);
        Bytes.write(v, 3 * MIB - 8192, Bytes.random(3 * 4096, 1));
        assertEquals(new VolumeContents.Run(3 * MIB - 8192, false), v.runAt(0));
        assertEquals(new VolumeContents.Run(3 * 4096, true), v.runAt(3 * MIB - 8192));
        assertEquals(new VolumeContents.Run(3 * 4096 - 100, true), v.runAt(3 * MIB - 8092));
        assertEquals(new VolumeContents.Run(5 * MIB - 4096, false), v.runAt(3 * MIB + 4096));
        Bytes.write(v, 8 * MIB - 1, new byte[1]);
        assertEquals(new VolumeContents.Run(1, true), v.runAt(8 * MIB - 1));
    }

    @Test
    void aSnapshotIsReadOnly() throws Exception {
        Volume v = volume(MIB);
        int frozen = store.createSnapshot("v");
        Volume snapshot = store.openSnapshot(frozen);
        assertTrue(snapshot.isReadOnly());
        assertFails(BackendError.READ_ONLY, () -> Bytes.write(snapshot, 0, new byte[1]));
        assertFails(BackendError.READ_ONLY, () -> snapshot.unmap(0, 1));
        assertFails(BackendError.READ_ONLY, () -> snapshot.writeZeroes(0, 1));
        assertFalse(v.isReadOnly());
    }

    @Test
    void unmappingNothingCostsNothing() throws Exception {
        Volume v = volume(MIB);
        int writes = device.writes();
        assertFalse(v.unmap(0, MIB));
        assertFalse(v.unmap(1, 4094));
        assertFalse(v.writeZeroes(0, 0));
        assertFalse(v.writeZeroes(17, 100));
        assertEquals(writes, device.writes());
    }

    @Test
    void aTombstoneCopiesNothingAndGoesWithItsSnapshot() throws Exception {
        Volume v = volume(MIB);
        Bytes.write(v, 0, Bytes.random(1 << 20, 1));
        int frozen = store.createSnapshot("v");
        int reads = device.reads();
        assertTrue(v.unmap(0, MIB));
        assertEquals(0, device.reads() - reads);
        v.flush();
        assertEquals(2, store.info().usedExtents());
        store.deleteSnapshot(frozen);
        assertEquals(0, store.info().usedExtents());
        assertArrayEquals(new byte[1 << 20], Bytes.read(v, 0, 1 << 20));
    }

    @Test
    void hidingASnapshotsBlockOnAFullDeviceIsRefused() throws Exception {
        Volume v = volume(200 * MIB);
        Bytes.write(v, 0, new byte[99 << 20]);
        int frozen = store.createSnapshot("v");
        assertFails(BackendError.NO_SPACE, () -> v.unmap(0, 4096));
        assertFails(BackendError.NO_SPACE, () -> Bytes.write(v, 0, new byte[4096]));
        assertEquals(99 << 20, Bytes.read(store.openSnapshot(frozen), 0, 99 << 20).length);
    }

    @Test
    void aFailedReadNowLeavesThePositionAlone() throws Exception {
        Volume v = volume(MIB);
        ByteBuffer target = ByteBuffer.allocateDirect(100).position(20).limit(60);
        assertTrue(v.readNow(0, target));
        assertEquals(60, target.position());
        assertEquals(60, target.limit());
        assertThrows(IndexOutOfBoundsException.class, () -> v.readNow(MIB - 39, target.rewind()));
        assertEquals(0, target.position());
    }

    @Test
    void readsAndOverwritesOfMappedBlocksAllocateNothing() throws Exception {
        Volume v = volume(8 * MIB);
        Bytes.write(v, 0, Bytes.random(8 << 20, 1));
        v.flush();
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 20 && allocated > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                v.read(i * 4096L, buffer.clear());
                v.write(i * 4096L, buffer.clear());
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated < 1000, allocated + " bytes for 2000 requests");
    }

    @Test
    void aWriteThroughOverCommittedBlocksIsDurableWithoutAForce() throws Exception {
        Volume v = volume(4 * MIB);
        Bytes.write(v, 0, Bytes.random(3 << 20, 1));
        v.flush();
        int forces = device.forces();
        byte[] data = Bytes.random(1 << 20, 2);
        assertFalse(v.writeThrough(600_000, Bytes.direct(data)));
        assertEquals(forces, device.forces());
        assertArrayEquals(data, Bytes.read(v, 600_000, data.length));
    }

    @Test
    void aWriteThroughNeedsACommitIfItsMetadataDoes() throws Exception {
        Volume v = volume(4 * MIB);
        assertTrue(v.writeThrough(0, block(1)), "a new extent");
        assertTrue(v.writeThrough(0, block(2)), "mapped, but not committed");
        v.flush();
        assertFalse(v.writeThrough(0, block(3)));
        assertTrue(v.writeThrough(4096, block(4)), "an unmapped block");
        v.flush();
        v.unmap(4096, 4096);
        assertTrue(v.writeThrough(0, block(5)), "beside a block whose unmapping is not committed");
        v.flush();
        store.createSnapshot("v");
        assertTrue(v.writeThrough(0, block(6)), "a snapshot's block");
        assertArrayEquals(Bytes.random(4096, 6), Bytes.read(v, 0, 4096));
    }

    @Test
    void aWriteThroughNeedsACommitIfAnyPartOfItDoes() throws Exception {
        Volume v = volume(4 * MIB);
        Bytes.write(v, 0, Bytes.random(1 << 20, 1));
        v.flush();
        byte[] data = Bytes.random(3 << 20, 2);
        assertTrue(v.writeThrough(0, Bytes.direct(data)));
        v.flush();
        assertFalse(v.writeThrough(0, Bytes.direct(data)));
        assertArrayEquals(data, Bytes.read(v, 0, data.length));
    }

    @Test
    void aDeviceThatCannotWriteThroughNeedsACommit() throws Exception {
        Volume v = volume(4 * MIB);
        Bytes.write(v, 0, Bytes.random(8192, 1));
        v.flush();
        device.refuseToWriteThrough();
        assertTrue(v.writeThrough(1000, block(2)));
        assertArrayEquals(Bytes.random(4096, 2), Bytes.read(v, 1000, 4096));
    }

    @Test
    void aWriteThroughThatFailsFailsTheStore() throws Exception {
        FaultyDevice faulty = new FaultyDevice(Stores.initialized());
        BlockStore failing = Stores.openPlain(faulty);
        failing.createVolume("v", MIB);
        Volume v = failing.openVolume("v");
        Bytes.write(v, 0, Bytes.random(4096, 1));
        v.flush();
        faulty.failWrites(offset -> true, "Input/output error");
        assertFails(BackendError.FAILED, () -> v.writeThrough(0, block(2)));
        faulty.failWrites(offset -> false, "");
        assertFails(BackendError.FAILED, () -> v.write(0, block(3)));
        assertFails(BackendError.FAILED, v::flush);
        assertFails(BackendError.FAILED, failing::close);
    }

    private static ByteBuffer block(int seed) {
        return Bytes.direct(Bytes.random(4096, seed));
    }
}
