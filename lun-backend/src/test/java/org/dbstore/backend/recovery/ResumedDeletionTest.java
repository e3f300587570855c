package org.dbstore.backend.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.Superblock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Goal: a deletion that was cut short does not hold up the opening of a large device: it goes on
 * while the device serves, whatever else is done meanwhile, and is over when the device is closed.
 */
class ResumedDeletionTest {
    /** More than an opening frees itself. */
    private static final int EXTENTS = 70_000;

    private static final long MIB = 1 << 20;
    private static final byte[] DATA = Bytes.random(4096, 1);
    private static final OpenOptions WITHOUT_JOURNAL =
            new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE);

    @TempDir Path folder;
    private Path file = Path.of("");
    private int frozen;
    private int head;

    /** A volume whose snapshot has all its extents, and a small one. */
    @BeforeEach
    void makeDevice() throws Exception {
        file = folder.resolve("large.dbs");
        BlockStore.initialize(file, (EXTENTS + 1000) * MIB, false);
        try (BlockStore store = BlockStore.open(file, WITHOUT_JOURNAL)) {
            store.createVolume("large", EXTENTS * MIB);
            store.createVolume("small", 16 * MIB);
            frozen = store.createSnapshot("large");
            head = store.volume("large").headSnapshotId();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer entries = buffer(EXTENTS * ExtentEntry.BYTES);
            for (int i = 0; i < EXTENTS; i++) {
                ExtentEntry.write(
                        entries, i * ExtentEntry.BYTES, frozen, i, new long[] {1, 0, 0, 0}, 0);
            }
            channel.write(entries, Geometry.EXTENT_TABLE);
            channel.write(buffer(4).putInt(EXTENTS).flip(), Superblock.HIGH_WATER);
        }
        try (BlockStore store = BlockStore.open(file, WITHOUT_JOURNAL)) {
            Volume volume = store.openVolume("large");
            Bytes.write(volume, 3 * MIB, DATA); // in the head: hides what the snapshot has there
            volume.flush();
            assertEquals(EXTENTS + 1, usedExtents(store));
        }
    }

    @Test
    void theSnapshotGoesWhileItsVolumeIsUsed() throws Exception {
        mark(frozen);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertTrue(store.findings().toString().contains("that goes on"));
            Volume volume = store.openVolume("large");
            assertArrayEquals(DATA, Bytes.read(volume, 3 * MIB, 4096));
            Bytes.write(volume, 5 * MIB, DATA);
            int later = store.createSnapshot("large");
            Bytes.write(volume, 7 * MIB, DATA);
            store.deleteSnapshot(later);
            volume.flush();
            assertArrayEquals(DATA, Bytes.read(volume, 7 * MIB, 4096));
        }
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertEquals(1, store.snapshots("large").size());
            assertEquals(EXTENTS, usedExtents(store));
            Volume volume = store.openVolume("large");
            for (int position : new int[] {3, 5, 7}) {
                assertArrayEquals(DATA, Bytes.read(volume, position * MIB, 4096));
            }
        }
        assertClean();
    }

    @Test
    void theVolumeIsGoneAtOnceAndItsSpaceComesBackWhileOthersAreUsed() throws Exception {
        mark(head);
        mark(frozen);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertEquals(1, store.volumes().size());
            Bytes.write(store.openVolume("small"), 0, DATA);
            store.createVolume("large", MIB);
            Bytes.write(store.openVolume("large"), 0, DATA);
        }
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertEquals(2, usedExtents(store));
            assertArrayEquals(DATA, Bytes.read(store.openVolume("small"), 0, 4096));
            assertArrayEquals(DATA, Bytes.read(store.openVolume("large"), 0, 4096));
        }
        assertClean();
    }

    @Test
    void itsVolumeMayBeDeletedMeanwhile() throws Exception {
        mark(frozen);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            store.deleteVolume("large");
        }
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertEquals(0, usedExtents(store));
        }
        assertClean();
    }

    private void mark(int id) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer entry = buffer(SnapshotEntry.BYTES);
            channel.read(entry, Geometry.snapshotEntryOffset(id));
            SnapshotEntry.read(entry, 0).marked().write(entry, 0);
            channel.write(entry.clear(), Geometry.snapshotEntryOffset(id));
        }
    }

    private static long usedExtents(BlockStore store) throws BackendException {
        return store.space().usedBytes() / MIB;
    }

    private void assertClean() throws Exception {
        var report = DeviceCheck.run(file, false);
        assertEquals(Verdict.CLEAN, report.verdict(), report::toString);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
