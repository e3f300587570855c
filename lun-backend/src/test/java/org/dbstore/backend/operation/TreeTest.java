package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.dbstore.backend.Stores.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeListener.Change;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Goal: linked clones, rollback and resize, while volumes are in use, and what is left of them. */
class TreeTest {
    private static final int BLOCK = 4096;

    private final MemoryBlockDevice device = Stores.initialized();
    private BlockStore store = Stores.open(device);

    TreeTest() throws BackendException {}

    @AfterEach
    void closeStore() throws BackendException {
        store.close();
    }

    private void reopen() throws BackendException {
        store.close();
        store = Stores.open(device);
        assertEquals(List.of(), store.findings());
    }

    /** Volume of 4 MiB with a block in each extent. */
    private Volume volume(String name) throws BackendException {
        store.createVolume(name, 4 * MIB);
        Volume volume = store.openVolume(name);
        for (int i = 0; i < 4; i++) {
            Bytes.write(volume, i * MIB, block(i));
        }
        return volume;
    }

    private static byte[] block(int seed) {
        return Bytes.random(BLOCK, seed);
    }

    private static byte[] blockAt(Volume volume, long offset) throws BackendException {
        return Bytes.read(volume, offset, BLOCK);
    }

    private int versionOnDevice() throws Exception {
        ByteBuffer version = ByteBuffer.allocate(4);
        device.read(8, version);
        return version.get(0);
    }

    private List<Integer> snapshots(String volume) throws BackendException {
        return store.snapshots(volume).stream()
                .filter(snapshot -> !snapshot.head())
                .map(SnapshotInfo::id)
                .toList();
    }

    @Test
    void aLinkedCloneSharesUntilItIsWritten() throws Exception {
        Volume v = volume("v");
        int snapshot = store.createSnapshot("v");
        long used = store.info().usedExtents();
        store.linkClone(snapshot, "c");
        assertEquals(used, store.info().usedExtents());
        Volume c = store.openVolume("c");
        assertArrayEquals(block(2), blockAt(c, 2 * MIB));
        Bytes.write(c, 0, block(10));
        Bytes.write(v, MIB, block(11));
        c.unmap(3 * MIB, MIB);
        assertArrayEquals(block(0), blockAt(v, 0));
        assertArrayEquals(block(1), blockAt(c, MIB));
        assertArrayEquals(block(3), blockAt(v, 3 * MIB));
        byte[] clone = content(store, "c");
        reopen();
        assertArrayEquals(clone, content(store, "c"));
        assertEquals(List.of(snapshot), snapshots("v"));
        assertEquals(List.of(), snapshots("c"));
    }

    @Test
    void aLinkOfAHeadTakesASnapshotFirst() throws Exception {
        Volume v = volume("v");
        store.linkClone(store.volume("v").headSnapshotId(), "c");
        Bytes.write(v, 0, block(9));
        assertEquals(1, snapshots("v").size());
        assertArrayEquals(block(0), Arrays.copyOf(content(store, "c"), BLOCK));
    }

    @Test
    void theOriginalMayBeDeletedFirst() throws Exception {
        Volume v = volume("v");
        int snapshot = store.createSnapshot("v");
        store.linkClone(snapshot, "c");
        Volume c = store.openVolume("c");
        Bytes.write(c, 0, block(10));
        Bytes.write(v, MIB, block(11));
        byte[] clone = content(store, "c");
        store.release(v);
        store.deleteVolume("v");
        assertArrayEquals(clone, content(store, "c"));
        assertEquals(4, store.info().usedExtents());
        reopen();
        assertArrayEquals(clone, content(store, "c"));
        store.deleteVolume("c");
        assertEquals(0, store.info().usedExtents());
    }

    @Test
    void aSnapshotThatSeveralNeedIsHiddenUntilOneIsLeft() throws Exception {
        volume("v");
        int snapshot = store.createSnapshot("v");
        store.linkClone(snapshot, "c");
        store.linkClone(snapshot, "d");
        store.deleteSnapshot(snapshot);
        assertEquals(List.of(), snapshots("v"));
        assertFails(BackendError.NOT_FOUND, () -> store.openSnapshot(snapshot));
        assertFails(BackendError.NOT_FOUND, () -> store.deleteSnapshot(snapshot));
        assertFails(BackendError.NOT_FOUND, () -> store.linkClone(snapshot, "e"));
        assertEquals(3, store.info().snapshotCount());
        reopen();
        assertArrayEquals(block(1), Arrays.copyOfRange(content(store, "d"), 1 << 20, 1052672));
        store.deleteVolume("v");
        store.deleteVolume("c");
        assertEquals(4, store.info().usedExtents());
        reopen();
        assertEquals(1, store.info().snapshotCount());
        assertArrayEquals(block(3), Arrays.copyOfRange(content(store, "d"), 3 << 20, 3149824));
    }

    @Test
    void theOriginalMayReadTheDeviceAgainWhenTheLastBranchEnds() throws Exception {
        volume("v");
        int snapshot = store.createSnapshot("v");
        store.linkClone(snapshot, "c");
        store.close();
        assertEquals(1, versionOnDevice());
        store = Stores.open(device);
        store.deleteVolume("c");
        store.close();
        assertEquals(0, versionOnDevice());
        store = Stores.open(device);
        assertEquals(List.of(), store.findings());
    }

    @Test
    void aFlattenedCloneNeedsNobody() throws Exception {
        Volume v = volume("v");
        int snapshot = store.createSnapshot("v");
        store.linkClone(snapshot, "c");
        Volume c = store.openVolume("c");
        Bytes.write(c, 0, block(10));
        int ofClone = store.createSnapshot("c");
        Volume frozen = store.openSnapshot(ofClone);
        Bytes.write(c, MIB, block(11));
        byte[] clone = content(store, "c");
        byte[] frozenBytes = content(store, ofClone);
        List<Long> progress = new ArrayList<>();
        store.flatten("c", (done, total) -> progress.add(done));
        assertEquals(3 * MIB, progress.getLast());
        store.release(v);
        store.deleteVolume("v");
        store.createVolume("w", 8 * MIB); // takes what was freed
        Volume w = store.openVolume("w");
        for (int i = 0; i < 8; i++) {
            Bytes.write(w, i * MIB, Bytes.random(1 << 20, 50 + i));
        }
        w.flush();
        assertArrayEquals(clone, content(store, "c"));
        assertArrayEquals(frozenBytes, Bytes.read(frozen, 0, (int) frozen.sizeBytes()));
        store.release(frozen);
        reopen();
        assertArrayEquals(clone, content(store, "c"));
        assertArrayEquals(frozenBytes, content(store, ofClone));
        store.flatten("c", ProgressListener.NONE);
        store.close();
        assertEquals(0, versionOnDevice());
        store = Stores.open(device);
    }

    @Test
    void aFlattenWithoutRoomChangesNothing() throws Exception {
        Volume v = volume("v");
        store.linkClone(store.createSnapshot("v"), "c");
        store.createVolume("full", 100 * MIB);
        Volume full = store.openVolume("full");
        assertFails(
                BackendError.NO_SPACE,
                () -> {
                    for (int i = 0; i < 100; i++) {
                        Bytes.write(full, i * MIB, block(i));
                    }
                });
        assertFails(BackendError.NO_SPACE, () -> store.flatten("c", ProgressListener.NONE));
        assertArrayEquals(block(1), blockAt(v, MIB));
        assertArrayEquals(block(1), Arrays.copyOfRange(content(store, "c"), 1 << 20, 1052672));
    }

    @Test
    void aVolumeInUseIsRolledBackAndCanReturn() throws Exception {
        Volume v = volume("v");
        int old = store.createSnapshot("v");
        Bytes.write(v, 0, block(10));
        int young = store.createSnapshot("v");
        Bytes.write(v, MIB, block(11));
        byte[] present = content(store, "v");
        List<Change> heard = new ArrayList<>();
        store.listen((volume, change) -> heard.add(volume.equals(v) ? change : Change.SIZE));
        int safety = store.rollback("v", old, false).orElseThrow();
        assertEquals(List.of(Change.CONTENTS), heard);
        assertArrayEquals(block(0), blockAt(v, 0));
        assertArrayEquals(block(1), blockAt(v, MIB));
        assertArrayEquals(present, content(store, safety));
        assertTrue(
                store.snapshots("v").stream()
                        .anyMatch(snapshot ->
                                snapshot.id() == safety
                                        && snapshot.name()
                                                .orElse("")
                                                .startsWith("before-rollback-")));
        Bytes.write(v, 2 * MIB, block(12));
        reopen();
        assertEquals(3, snapshots("v").size());
        assertArrayEquals(present, content(store, safety));
        store.rollback("v", safety, true);
        assertArrayEquals(present, content(store, "v"));
        store.deleteSnapshot(old);
        store.deleteSnapshot(young);
        store.deleteSnapshot(safety);
        assertArrayEquals(present, content(store, "v"));
        assertEquals(4, store.info().usedExtents());
        reopen();
        assertArrayEquals(present, content(store, "v"));
    }

    @Test
    void aDiscardingRollbackGivesSpaceBack() throws Exception {
        Volume v = volume("v");
        int old = store.createSnapshot("v");
        Bytes.write(v, 0, block(10));
        assertTrue(store.rollback("v", old, true).isEmpty());
        assertArrayEquals(block(0), blockAt(v, 0));
        assertEquals(4, store.info().usedExtents());
        assertEquals(List.of(old), snapshots("v"));
        store.close();
        assertEquals(0, versionOnDevice());
        store = Stores.open(device);
    }

    @Test
    void aRollbackGoesToOnesOwnSnapshotsAlone() throws Exception {
        volume("v");
        int snapshot = store.createSnapshot("v");
        store.linkClone(snapshot, "c");
        assertFails(BackendError.NOT_FOUND, () -> store.rollback("c", snapshot, false));
        assertFails(BackendError.NOT_FOUND, () -> store.rollback("v", 999, false));
        int head = store.volume("v").headSnapshotId();
        assertFails(BackendError.INVALID, () -> store.rollback("v", head, false));
    }

    @Test
    void readersSeeOneOrTheOtherDuringRollbacks() throws Exception {
        Volume v = volume("v");
        int a = store.createSnapshot("v");
        for (int i = 0; i < 4; i++) {
            Bytes.write(v, i * MIB, block(100 + i));
        }
        int b = store.createSnapshot("v");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch reading = new CountDownLatch(1);
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                while (!stop.get()) {
                                    byte[] read = blockAt(v, 2 * MIB);
                                    assertTrue(
                                            Arrays.equals(block(2), read)
                                                    || Arrays.equals(block(102), read));
                                    reading.countDown();
                                }
                            } catch (BackendException | RuntimeException | Error e) {
                                failure.set(e);
                                reading.countDown();
                            }
                        });
        reading.await();
        for (int i = 0; i < 20; i++) {
            store.rollback("v", i % 2 == 0 ? a : b, true);
        }
        stop.set(true);
        reader.join();
        assertEquals(null, failure.get());
    }

    @Test
    void aVolumeInUseGrowsAndItsSnapshotsDoNot() throws Exception {
        Volume v = volume("v");
        int snapshot = store.createSnapshot("v");
        store.resizeVolume("v", 10 * MIB - 5, Shrink.REFUSED);
        assertEquals(10 * MIB, v.sizeBytes());
        Bytes.write(v, 10 * MIB - BLOCK, block(9));
        assertArrayEquals(new byte[BLOCK], blockAt(v, 6 * MIB));
        assertEquals(4 * MIB, content(store, snapshot).length);
        reopen();
        assertEquals(10 * MIB, store.volume("v").sizeBytes());
        assertEquals(4 * MIB, content(store, snapshot).length);
        assertArrayEquals(block(3), Arrays.copyOfRange(content(store, "v"), 3 << 20, 3149824));
    }

    @Test
    void aVolumeShrinksAsFarAsItWasAllowed() throws Exception {
        Volume v = volume("v");
        assertFails(BackendError.INVALID, () -> store.resizeVolume("v", 2 * MIB, Shrink.REFUSED));
        assertFails(
                BackendError.INVALID, () -> store.resizeVolume("v", 2 * MIB, Shrink.UNMAPPED_ONLY));
        assertEquals(4 * MIB, v.sizeBytes());
        v.unmap(3 * MIB, MIB);
        store.resizeVolume("v", 3 * MIB, Shrink.UNMAPPED_ONLY);
        store.resizeVolume("v", 2 * MIB, Shrink.DISCARD);
        assertEquals(2 * MIB, v.sizeBytes());
        assertEquals(2, store.info().usedExtents());
        assertThrows(IndexOutOfBoundsException.class, () -> blockAt(v, 2 * MIB));
        assertArrayEquals(block(1), blockAt(v, MIB));
        assertFails(BackendError.INVALID, () -> store.resizeVolume("v", 0, Shrink.DISCARD));
    }

    @Test
    void whatASnapshotHoldsDoesNotComeBackWhenAVolumeGrowsAgain() throws Exception {
        Volume v = volume("v");
        int snapshot = store.createSnapshot("v");
        byte[] frozen = content(store, snapshot);
        store.resizeVolume("v", 2 * MIB, Shrink.DISCARD);
        assertArrayEquals(frozen, content(store, snapshot));
        store.createSnapshot("v");
        store.resizeVolume("v", 4 * MIB, Shrink.REFUSED);
        assertArrayEquals(new byte[BLOCK], blockAt(v, 3 * MIB));
        assertFalse(v.runAt(2 * MIB).mapped());
        Bytes.write(v, 3 * MIB, block(20));
        reopen();
        assertArrayEquals(frozen, content(store, snapshot));
        byte[] present = content(store, "v");
        assertArrayEquals(new byte[1 << 20], Arrays.copyOfRange(present, 2 << 20, 3 << 20));
        assertArrayEquals(block(20), Arrays.copyOfRange(present, 3 << 20, 3149824));
        for (int id : snapshots("v")) {
            store.deleteSnapshot(id);
        }
        assertArrayEquals(present, content(store, "v"));
        assertEquals(3, store.info().usedExtents());
    }

    @Test
    void theOriginalStaysOutWhileAVolumeIsSmallerThanItsSnapshots() throws Exception {
        volume("v");
        int snapshot = store.createSnapshot("v");
        store.resizeVolume("v", 2 * MIB, Shrink.DISCARD);
        store.close();
        assertEquals(1, versionOnDevice());
        store = Stores.open(device);
        store.deleteSnapshot(snapshot);
        assertEquals(2, store.info().usedExtents());
        store.close();
        assertEquals(0, versionOnDevice());
        store = Stores.open(device);
        assertEquals(List.of(), store.findings());
    }

    @Test
    void theOriginalStaysOutWhileAnotherVolumesSnapshotIsInAChain() throws Exception {
        volume("v");
        int snapshot = store.createSnapshot("v");
        int safety = store.rollback("v", snapshot, false).orElseThrow();
        store.linkClone(safety, "c");
        store.flatten("v", ProgressListener.NONE);
        store.deleteSnapshot(snapshot);
        store.close();
        assertEquals(1, versionOnDevice());
        store = Stores.open(device);
        store.flatten("c", ProgressListener.NONE);
        store.deleteSnapshot(safety);
        store.close();
        assertEquals(0, versionOnDevice());
        store = Stores.open(device);
    }

    @Test
    void aDeviceWithoutAJournalHasNoBranches() throws Exception {
        store.close();
        MemoryBlockDevice plain = Stores.initialized();
        OpenOptions options =
                new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE);
        store = BlockStore.open(plain, options);
        volume("v");
        int snapshot = store.createSnapshot("v");
        assertFails(BackendError.NO_SPACE, () -> store.linkClone(snapshot, "c"));
        assertFails(BackendError.NO_SPACE, () -> store.rollback("v", snapshot, true));
        assertFails(BackendError.NO_SPACE, () -> store.resizeVolume("v", 8 * MIB, Shrink.REFUSED));
        store.deleteSnapshot(snapshot);
        store.resizeVolume("v", 8 * MIB, Shrink.REFUSED);
        assertEquals(8 * MIB, content(store, "v").length);
    }
}
