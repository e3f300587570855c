package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.dbstore.backend.Stores.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Stores;
import org.dbstore.backend.VacuumInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Goal: a vacuum leaves no gaps and takes nothing from anybody, whatever goes on meanwhile. */
class VacuumTest {
    private static final int BLOCK = 4096;

    private static VacuumInfo vacuum(BlockStore store) throws BackendException {
        return store.vacuum(ProgressListener.NONE, () -> false);
    }

    private static Volume filled(BlockStore store, String name, int extents, long seed)
            throws BackendException {
        store.createVolume(name, extents * MIB);
        Volume volume = store.openVolume(name);
        for (int i = 0; i < extents; i++) {
            Bytes.write(volume, i * MIB + 5 * BLOCK, Bytes.random(3 * BLOCK, seed * 100 + i));
        }
        volume.flush();
        return volume;
    }

    /** Extents of "gone" lie before those of "v". */
    private static Volume withGap(BlockStore store, int gap, int kept) throws BackendException {
        Volume gone = filled(store, "gone", gap, 1);
        Volume volume = filled(store, "v", kept, 2);
        store.release(gone);
        store.deleteVolume("gone");
        return volume;
    }

    @Test
    void extentsInUseAreTheLowestOnesAfterwards() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        byte[] before;
        try (BlockStore store = Stores.open(device)) {
            Volume volume = withGap(store, 20, 12);
            before = content(store, "v");
            VacuumInfo done = vacuum(store);
            assertEquals(12, done.movedExtents());
            assertEquals(12, done.usedAfter());
            assertEquals(done.endBefore() - 20, done.endAfter());
            assertEquals(0, done.keptExtents());
            assertTrue(done.complete());
            assertArrayEquals(before, Bytes.read(volume, 0, before.length));
        }
        try (BlockStore store = Stores.open(device)) {
            assertEquals(List.of(), store.findings());
            assertArrayEquals(before, content(store, "v"));
            assertEquals(0, vacuum(store).movedExtents());
        }
    }

    @Test
    void theGapMayBeSmallerThanWhatIsBehindIt() throws Exception {
        try (BlockStore store = Stores.open(Stores.initialized())) {
            Volume volume = withGap(store, 5, 30);
            byte[] before = Bytes.read(volume, 0, 30 << 20);
            VacuumInfo done = vacuum(store);
            assertEquals(5, done.movedExtents());
            assertEquals(done.endBefore() - 5, done.endAfter());
            assertArrayEquals(before, Bytes.read(volume, 0, before.length));
        }
    }

    @Test
    void allThatShareAnExtentFindItAtItsNewPlace() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        try (BlockStore store = Stores.open(device)) {
            Volume volume = withGap(store, 20, 6);
            int first = store.createSnapshot("v");
            Bytes.write(volume, 0, Bytes.random(BLOCK, 3));
            int second = store.createSnapshot("v");
            store.linkClone(first, "c");
            Volume clone = store.openVolume("c");
            Bytes.write(clone, MIB, Bytes.random(BLOCK, 4));
            List<Volume> views =
                    List.of(volume, clone, store.openSnapshot(first), store.openSnapshot(second));
            List<byte[]> before = new ArrayList<>();
            for (Volume view : views) {
                before.add(Bytes.read(view, 0, 6 << 20));
            }
            assertEquals(6, vacuum(store).movedExtents()); // the gap took two new ones
            store.createVolume("n", 20 * MIB); // takes the old places
            Volume taker = store.openVolume("n");
            Bytes.write(taker, 0, Bytes.random(20 << 20, 5));
            for (int i = 0; i < views.size(); i++) {
                assertArrayEquals(before.get(i), Bytes.read(views.get(i), 0, 6 << 20));
            }
        }
    }

    @Test
    void aDryRunTellsWhatTheRunDoes() throws Exception {
        try (BlockStore store = Stores.open(Stores.initialized())) {
            withGap(store, 9, 12);
            long used = store.info().usedExtents();
            VacuumInfo preview = store.previewVacuum();
            assertEquals(used, store.info().usedExtents());
            VacuumInfo done = vacuum(store);
            assertEquals(done, preview);
        }
    }

    @Test
    void emptyExtentsThatHideNothingGo() throws Exception {
        try (BlockStore store = Stores.open(Stores.initialized())) {
            Volume volume = filled(store, "v", 2, 1);
            int first = store.createSnapshot("v");
            volume.unmap(0, 2 * MIB);
            store.createSnapshot("v");
            volume.flush();
            assertEquals(4, store.info().usedExtents());
            assertEquals(0, vacuum(store).usedBefore() - store.info().usedExtents());
            store.deleteSnapshot(first);
            VacuumInfo done = vacuum(store);
            assertEquals(0, done.usedAfter());
            assertArrayEquals(new byte[2 << 20], content(store, "v"));
            Bytes.write(volume, 0, Bytes.random(BLOCK, 1));
            assertArrayEquals(Bytes.random(BLOCK, 1), Bytes.read(volume, 0, BLOCK));
        }
    }

    @Test
    void aCancelledRunIsGoneOnWith() throws Exception {
        try (BlockStore store = Stores.open(Stores.initialized())) {
            Volume volume = withGap(store, 30, 30);
            byte[] before = Bytes.read(volume, 0, 30 << 20);
            AtomicBoolean stop = new AtomicBoolean();
            VacuumInfo first = store.vacuum((done, total) -> stop.set(true), stop::get);
            assertFalse(first.complete());
            assertTrue(first.movedExtents() > 0 && first.movedExtents() < 30);
            assertArrayEquals(before, Bytes.read(volume, 0, before.length));
            VacuumInfo second = vacuum(store);
            assertEquals(30, first.movedExtents() + second.movedExtents());
            assertArrayEquals(before, Bytes.read(volume, 0, before.length));
        }
    }

    @Test
    void progressComesToTheEnd() throws Exception {
        try (BlockStore store = Stores.open(Stores.initialized())) {
            withGap(store, 20, 20);
            List<Long> done = new ArrayList<>();
            store.vacuum(
                    (moved, total) -> {
                        assertEquals(20 * MIB, total);
                        done.add(moved);
                    },
                    () -> false);
            assertEquals(20 * MIB, done.getLast());
            assertEquals(done.stream().sorted().toList(), done);
        }
    }

    @Test
    void withoutJournalNothingMoves() throws Exception {
        try (BlockStore store = Stores.openPlain(Stores.initialized())) {
            Volume volume = withGap(store, 20, 5);
            byte[] before = Bytes.read(volume, 0, 5 << 20);
            VacuumInfo done = vacuum(store);
            assertEquals(0, done.movedExtents());
            assertEquals(5, done.keptExtents());
            assertArrayEquals(before, Bytes.read(volume, 0, before.length));
        }
    }

    @Test
    void aStoreThatIsReadOnlyIsNotChanged() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        try (BlockStore store =
                BlockStore.open(
                        device,
                        new OpenOptions(
                                OpenOptions.Io.BUFFERED,
                                true,
                                OpenOptions.Journal.WHERE_POSSIBLE))) {
            assertFails(BackendError.READ_ONLY, () -> vacuum(store));
        }
    }

    @Test
    @Timeout(120)
    void readsWritesAndSnapshotsGoOnMeanwhile() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        int size = 16;
        byte[] expected = new byte[size << 20];
        try (BlockStore store = Stores.open(device)) {
            Volume volume = withGap(store, 12, size);
            System.arraycopy(
                    Bytes.read(volume, 0, expected.length), 0, expected, 0, expected.length);
            byte[] constant = Bytes.read(volume, (size - 1) * MIB, 1 << 20);
            AtomicBoolean end = new AtomicBoolean();
            CompletableFuture<Void> writer =
                    async(() -> {
                        SplittableRandom random = new SplittableRandom(1);
                        for (int i = 0; !end.get(); i++) { // all but the last extent
                            int at = random.nextInt((size - 1) * 256) * BLOCK;
                            byte[] data = Bytes.random(BLOCK, i);
                            if (i % 5 == 0) {
                                volume.unmap(at, BLOCK);
                                data = new byte[BLOCK];
                            } else {
                                Bytes.write(volume, at, data);
                            }
                            System.arraycopy(data, 0, expected, at, BLOCK);
                            assertArrayEquals(data, Bytes.read(volume, at, BLOCK));
                        }
                    });
            CompletableFuture<Void> reader =
                    async(() -> {
                        while (!end.get()) {
                            assertArrayEquals(
                                    constant, Bytes.read(volume, (size - 1) * MIB, 1 << 20));
                        }
                    });
            CompletableFuture<Void> snapshots =
                    async(() -> {
                        while (!end.get()) {
                            int id = store.createSnapshot("v");
                            store.createVolume("other", 4 * MIB);
                            Volume other = store.openVolume("other");
                            Bytes.write(other, 0, Bytes.random(4 << 20, id));
                            store.release(other);
                            store.deleteSnapshot(id);
                            store.deleteVolume("other");
                        }
                    });
            long moved = 0;
            long deadline = System.nanoTime() + 4_000_000_000L;
            boolean failed = false;
            while (!failed && (System.nanoTime() < deadline || moved < 50)) {
                failed = writer.isDone() || reader.isDone() || snapshots.isDone();
                moved += vacuum(store).movedExtents();
            }
            end.set(true);
            CompletableFuture.allOf(writer, reader, snapshots).get();
            assertArrayEquals(expected, Bytes.read(volume, 0, expected.length));
        }
        try (BlockStore store = Stores.open(device)) {
            assertEquals(List.of(), store.findings());
            assertArrayEquals(expected, content(store, "v"));
        }
    }

    /** Punching holes takes its time. */
    private static final class SlowPunches extends FaultyDevice {
        private final long nanos;

        SlowPunches(BlockDevice device, long nanos) {
            super(device);
            this.nanos = nanos;
        }

        @Override
        public void punchHole(long offset, long lengthBytes) throws IOException {
            LockSupport.parkNanos(nanos);
            super.punchHole(offset, lengthBytes);
        }
    }

    @Test
    @Timeout(120)
    void theDeviceSeemsFullToNobodyMeanwhile() throws Exception {
        try (BlockStore store = Stores.open(new SlowPunches(Stores.initialized(), 200_000))) {
            store.createVolume("v", MIB);
            Volume volume = store.openVolume("v");
            AtomicBoolean end = new AtomicBoolean();
            CompletableFuture<Void> writer =
                    async(() -> {
                        while (!end.get()) {
                            Bytes.write(volume, 0, new byte[BLOCK]);
                            volume.unmap(0, MIB);
                        }
                    });
            for (int round = 0; round < 500 && !writer.isDone(); round++) {
                vacuum(store);
            }
            end.set(true);
            writer.get();
        }
    }

    /** How long a vacuum after the deletion of a volume takes. */
    private static long nanosAfterDeletion(boolean inUse) throws Exception {
        try (BlockStore store = Stores.open(new SlowPunches(Stores.initialized(), 10_000_000))) {
            store.createVolume("v", MIB);
            store.release(filled(store, "gone", 40, 1));
            store.deleteVolume("gone");
            if (inUse) {
                store.openVolume("v");
            }
            long begin = System.nanoTime();
            vacuum(store);
            return System.nanoTime() - begin;
        }
    }

    @Test
    void pausesForOthersOnlyWhereSomeVolumeIsOpen() throws Exception {
        long alone = nanosAfterDeletion(false);
        long inUse = nanosAfterDeletion(true);
        assertTrue(alone * 3 / 2 < inUse, alone + " and " + inUse);
    }

    @Test
    @Timeout(60)
    void theEndOfTheStoreEndsItBetweenTwoExtents() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        BlockStore store = Stores.open(device);
        Volume volume = withGap(store, 12, 16);
        byte[] expected = Bytes.read(volume, 0, 16 << 20);
        CountDownLatch moving = new CountDownLatch(1);
        Thread closer = Thread.currentThread();
        CompletableFuture<VacuumInfo> vacuum =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return store.vacuum(
                                (done, total) -> {
                                    moving.countDown();
                                    while (closer.getState() != Thread.State.TIMED_WAITING) {
                                        Thread.onSpinWait();
                                    }
                                },
                                () -> false);
                    } catch (BackendException e) {
                        throw new IllegalStateException(e);
                    }
                });
        moving.await();

        store.close();

        assertFalse(vacuum.get().complete());
        try (BlockStore again = Stores.open(device)) {
            assertEquals(List.of(), again.findings());
            assertArrayEquals(expected, content(again, "v"));
        }
    }

    /** Work that may fail. */
    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> async(Work work) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /** What du counts, in bytes. */
    private static long allocated(Path file) throws IOException {
        try (var output =
                new ProcessBuilder("du", "--block-size=1", file.toString()).start().inputReader()) {
            return Long.parseLong(output.readLine().split("\t", 2)[0]);
        }
    }

    @Test
    void aFileGetsSmaller(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("device");
        BlockStore.initialize(file, 128 * MIB, false);
        byte[] before;
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            withGap(store, 30, 20);
            before = content(store, "v");
        }
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(100 * MIB); // as a crash before the punching leaves it: beyond the end,
            raw.write(Bytes.random(12 << 20, 7));
            raw.seek(8 * MIB); // and in the gap
            raw.write(Bytes.random(10 << 20, 8));
        }
        long taken = allocated(file);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            VacuumInfo preview = store.previewVacuum();
            VacuumInfo done = vacuum(store);
            assertArrayEquals(before, content(store, "v"));
            long won = taken - allocated(file);
            assumeTrue(won != 0, "the file system cannot punch holes");
            assertTrue(won > 21 * MIB, won + " bytes won");
            assertTrue(Math.abs(won - done.returnedBytes().orElseThrow()) < 300_000);
            assertTrue(Math.abs(won - preview.returnedBytes().orElseThrow()) < 300_000);
            assertEquals(128 * MIB, file.toFile().length());
        }
    }
}
