package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.Volume.Copied;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Goal: what is copied on the device is as if it had been read and written. */
class CopyPathTest {
    private static final int BLOCK = 4096;

    private final MemoryBlockDevice device = Stores.initialized();
    private BlockStore store = Stores.openPlain(device);
    private Volume from = volume("from");
    private Volume to = volume("to");

    CopyPathTest() throws BackendException {}

    private Volume volume(String name) throws BackendException {
        store.createVolume(name, 8 * MIB);
        return store.openVolume(name);
    }

    private static Copied whole(Volume from, long source, Volume to, long target, long bytes)
            throws BackendException {
        boolean uncommitted = false;
        long done = 0;
        while (done < bytes) {
            Copied copied = to.copyFrom(from, source + done, target + done, bytes - done);
            assertTrue(copied.bytes() > 0, "stopped at " + done);
            uncommitted |= copied.uncommitted();
            done += copied.bytes();
        }
        return new Copied(done, uncommitted);
    }

    @Test
    void extentsAreCopiedAtAnyOffsetOfBlocks() throws Exception {
        byte[] data = Bytes.random(3 << 20, 1);
        Bytes.write(from, 0, data);
        assertEquals(new Copied(2 << 20, true), whole(from, 5 * BLOCK, to, MIB + BLOCK, 2 << 20));
        assertArrayEquals(
                Arrays.copyOfRange(data, 5 * BLOCK, 5 * BLOCK + (2 << 20)),
                Bytes.read(to, MIB + BLOCK, 2 << 20));
        assertArrayEquals(new byte[BLOCK], Bytes.read(to, MIB, BLOCK), "before");
        assertArrayEquals(new byte[BLOCK], Bytes.read(to, 3 * MIB + BLOCK, BLOCK), "behind");
    }

    @Test
    void aPlaceThatIsMappedIsOverwritten() throws Exception {
        byte[] data = Bytes.random(1 << 20, 2);
        Bytes.write(from, 0, data);
        Bytes.write(to, 0, Bytes.random(2 << 20, 3));
        to.flush();
        assertEquals(new Copied(1 << 20, false), whole(from, 0, to, 512 << 10, 1 << 20));
        assertArrayEquals(data, Bytes.read(to, 512 << 10, 1 << 20));
    }

    @Test
    void snapshotsOfBothNeverChange() throws Exception {
        byte[] old = Bytes.random(1 << 20, 4);
        Bytes.write(to, 0, old);
        int before = store.createSnapshot("to");
        byte[] data = Bytes.random(1 << 20, 5);
        Bytes.write(from, 0, data);
        int source = store.createSnapshot("from");
        assertEquals(new Copied(64 << 10, true), whole(from, 0, to, 64 << 10, 64 << 10));
        Bytes.write(from, 0, Bytes.random(1 << 20, 6));
        byte[] expected = old.clone();
        System.arraycopy(data, 0, expected, 64 << 10, 64 << 10);
        assertArrayEquals(expected, Bytes.read(to, 0, 1 << 20), "the rest of the extent too");
        assertArrayEquals(old, Arrays.copyOf(Stores.content(store, before), 1 << 20));
        assertArrayEquals(data, Arrays.copyOf(Stores.content(store, source), 1 << 20));
    }

    @Test
    void aSnapshotIsASourceButNoTarget() throws Exception {
        byte[] data = Bytes.random(BLOCK, 7);
        Bytes.write(from, 0, data);
        Volume snapshot = store.openSnapshot(store.createSnapshot("from"));
        Bytes.write(from, 0, new byte[BLOCK]);
        whole(snapshot, 0, to, 0, BLOCK);
        assertArrayEquals(data, Bytes.read(to, 0, BLOCK));
        assertFails(BackendError.READ_ONLY, () -> snapshot.copyFrom(to, 0, 0, BLOCK));
    }

    @Test
    void holesEndTheCopy() throws Exception {
        Bytes.write(from, 0, Bytes.random(3 * BLOCK, 8));
        assertEquals(3L * BLOCK, to.copyFrom(from, 0, 0, 1 << 20).bytes());
        assertEquals(new Copied(0, false), to.copyFrom(from, 3 * BLOCK, 0, BLOCK));
        assertEquals(new Copied(0, false), to.copyFrom(from, 4 * MIB, 0, BLOCK));
    }

    @Test
    void partsOfBlocksAndOtherStoresAreNotCopied() throws Exception {
        Bytes.write(from, 0, Bytes.random(1 << 20, 9));
        assertEquals(new Copied(0, false), to.copyFrom(from, 512, 0, BLOCK));
        assertEquals(new Copied(0, false), to.copyFrom(from, 0, 512, BLOCK));
        assertEquals(new Copied(0, false), to.copyFrom(from, 0, 0, 512));
        try (BlockStore other = Stores.openPlain(Stores.initialized())) {
            other.createVolume("v", MIB);
            assertEquals(new Copied(0, false), other.openVolume("v").copyFrom(from, 0, 0, BLOCK));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> to.copyFrom(from, 0, 8 * MIB, BLOCK));
        assertThrows(IndexOutOfBoundsException.class, () -> to.copyFrom(from, 8 * MIB, 0, BLOCK));
    }

    @Test
    void whatIsCommittedSurvivesTheEndOfTheProcess(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("device");
        BlockStore.initialize(path, 128 * MIB, false);
        byte[] data = Bytes.random(2 << 20, 10);
        try (BlockStore first = BlockStore.open(path, OpenOptions.DEFAULT)) {
            first.createVolume("a", 4 * MIB);
            first.createVolume("b", 4 * MIB);
            Volume a = first.openVolume("a");
            Volume b = first.openVolume("b");
            Bytes.write(a, 0, data);
            whole(a, 0, b, MIB, data.length);
            b.flush();
        }
        try (BlockStore again = BlockStore.open(path, OpenOptions.DEFAULT)) {
            assertArrayEquals(data, Bytes.read(again.openVolume("b"), MIB, data.length));
            assertEquals(List.of(), again.findings());
        }
    }

    /** Each way takes a stripe of the other; snapshots take all stripes of one. */
    @Test
    void copiesInBothDirectionsAndSnapshotsDoNotWaitForEachOther() throws Exception {
        Bytes.write(from, 0, Bytes.random(4 << 20, 11));
        Bytes.write(to, 4 * MIB, Bytes.random(4 << 20, 12));
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<Long> there = threads.submit(() -> copyUntil(over, from, 0, to, 0));
            Future<Long> back = threads.submit(() -> copyUntil(over, to, 4 * MIB, from, 4 * MIB));
            Callable<Void> snapshots =
                    () -> {
                        for (int i = 0; i < 20; i++) {
                            store.deleteSnapshot(store.createSnapshot(i % 2 == 0 ? "from" : "to"));
                        }
                        return null;
                    };
            threads.submit(snapshots).get();
            over.set(true);
            assertTrue(there.get() + back.get() > 0);
        }
        whole(from, 0, to, 0, 4 << 20);
        assertArrayEquals(Bytes.read(from, 0, 4 << 20), Bytes.read(to, 0, 4 << 20));
    }

    private static long copyUntil(
            AtomicBoolean over, Volume from, long source, Volume to, long target)
            throws BackendException {
        long bytes = 0;
        do {
            for (int extent = 0; extent < 4; extent++) {
                long at = extent * MIB;
                bytes += to.copyFrom(from, source + at, target + at, MIB).bytes();
            }
        } while (!over.get());
        return bytes;
    }
}
