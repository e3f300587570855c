package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.dbstore.backend.Stores.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Goal: none of the original's defects (ON-DISK-FORMAT, "Defects"; numbers as there) is ours. */
class OriginalDefectsTest {
    private static final int BLOCK = 4096;

    private final MemoryBlockDevice device = Stores.initialized();
    private BlockStore store = Stores.openPlain(device);

    OriginalDefectsTest() throws BackendException {}

    @AfterEach
    void closeStore() throws BackendException {
        store.close();
    }

    private Volume volume(String name, long mib) throws BackendException {
        store.createVolume(name, mib * MIB);
        return store.openVolume(name);
    }

    private void reopen() throws BackendException {
        store.close();
        store = Stores.openPlain(device);
        assertEquals(List.of(), store.findings());
    }

    private static byte[] block(int seed) {
        return Bytes.random(BLOCK, seed);
    }

    @Test
    void defect1DeletingASnapshotThatAloneHoldsAnExtentChangesNothing() throws Exception {
        Volume victim = volume("victim", 2);
        Bytes.write(victim, 0, block(1));
        Volume v = volume("v", 4);
        Bytes.write(v, 0, block(2));
        Bytes.write(v, 3 * MIB, block(3));
        int oldest = store.createSnapshot("v");
        Bytes.write(v, BLOCK, block(4));
        int younger = store.createSnapshot("v");
        Bytes.write(v, 2 * MIB, block(5));
        byte[] head = content(store, "v");
        byte[] frozen = content(store, younger);
        store.deleteSnapshot(oldest);
        assertArrayEquals(head, content(store, "v"));
        assertArrayEquals(frozen, content(store, younger));
        store.deleteSnapshot(younger);
        assertArrayEquals(head, content(store, "v"));
        reopen();
        assertArrayEquals(head, content(store, "v"));
        assertArrayEquals(block(1), java.util.Arrays.copyOf(content(store, "victim"), BLOCK));
        assertEquals(1, store.snapshots("v").size());
        // 1 of victim, 3 positions of v: what was hidden has been freed.
        assertEquals(4, store.info().usedExtents());
    }

    @Test
    void defect1cIdsOfDeletedSnapshotsShowNobodysData() throws Exception {
        Volume v = volume("v", 4);
        Bytes.write(v, 0, block(1));
        int frozen = store.createSnapshot("v");
        store.deleteSnapshot(frozen);
        for (int i = 0; i < 20; i++) {
            Volume other = volume("other" + i, 4);
            assertArrayEquals(new byte[4 << 20], Bytes.read(other, 0, 4 << 20));
        }
    }

    @Test
    void defect2UnmapLeavesSnapshotsAndTheirClonesAlone() throws Exception {
        Volume v = volume("v", 2);
        Bytes.write(v, 0, block(1));
        Bytes.write(v, BLOCK, block(2));
        int frozen = store.createSnapshot("v");
        byte[] before = content(store, frozen);
        v.unmap(0, BLOCK);
        assertArrayEquals(new byte[BLOCK], Bytes.read(v, 0, BLOCK));
        assertArrayEquals(block(2), Bytes.read(v, BLOCK, BLOCK));
        assertArrayEquals(before, content(store, frozen));
        store.cloneSnapshot(frozen, "clone", ProgressListener.NONE);
        assertArrayEquals(before, content(store, "clone"));
    }

    @Test
    void defect3UnmappedBlocksStayZeroAfterReopening() throws Exception {
        Volume v = volume("v", 2);
        Bytes.write(v, 0, block(1));
        Bytes.write(v, 5 * BLOCK, block(2));
        store.createSnapshot("v");
        Bytes.write(v, 0, block(3));
        v.unmap(0, MIB);
        assertArrayEquals(new byte[2 << 20], content(store, "v"));
        reopen();
        assertArrayEquals(new byte[2 << 20], content(store, "v"));
    }

    @Test
    void defect4AFullDeviceRefusesBeforeAnythingChanges() throws Exception {
        Volume v = volume("v", 200);
        for (int extent = 0; extent < 99; extent++) {
            Bytes.write(v, extent * MIB, block(extent));
        }
        assertFails(BackendError.NO_SPACE, () -> Bytes.write(v, 150 * MIB, block(1)));
        Bytes.write(v, 98 * MIB + BLOCK, block(500)); // in extents that are there
        assertArrayEquals(new byte[BLOCK], Bytes.read(v, 150 * MIB, BLOCK));
        reopen();
        Volume again = store.openVolume("v");
        for (int extent = 0; extent < 99; extent++) {
            assertArrayEquals(block(extent), Bytes.read(again, extent * MIB, BLOCK));
        }
        assertEquals(99, store.info().highWaterExtents());
    }

    @Test
    void defect5TheExtentBeyondTheEndIsNeverUsed() throws Exception {
        MemoryBlockDevice odd = new MemoryBlockDevice("odd", 104857600 + 800_000);
        BlockStore.initialize(odd);
        try (BlockStore oddStore = Stores.openPlain(odd)) {
            oddStore.createVolume("v", 200 * MIB);
            Volume v = oddStore.openVolume("v");
            long usable = oddStore.info().totalExtents();
            for (int extent = 0; extent < usable; extent++) {
                Bytes.write(v, extent * MIB, new byte[1 << 20]);
            }
            assertFails(
                    BackendError.NO_SPACE, () -> Bytes.write(v, usable * MIB, new byte[1 << 20]));
            v.flush();
        }
        try (BlockStore again = Stores.openPlain(odd)) {
            assertEquals(List.of(), again.findings());
        }
    }

    @Test
    void defect5aACloneThatDoesNotFitLeavesNothing() throws Exception {
        Volume v = volume("v", 60);
        Bytes.write(v, 0, Bytes.random(60 << 20, 1));
        int frozen = store.createSnapshot("v");
        assertFails(
                BackendError.NO_SPACE,
                () -> store.cloneSnapshot(frozen, "clone", ProgressListener.NONE));
        assertEquals(1, store.volumes().size());
        assertEquals(60, store.info().usedExtents());
        assertEquals(2, store.info().snapshotCount());
    }

    @Test
    void defect6RequestsOfAnyAlignmentAreExactToTheByte() throws Exception {
        Volume v = volume("v", 3);
        byte[] model = new byte[3 << 20];
        java.util.SplittableRandom random = new java.util.SplittableRandom(6);
        for (int i = 0; i < 500; i++) {
            int offset = random.nextInt(model.length);
            int length =
                    Math.min(
                            model.length - offset,
                            1 + random.nextInt(i % 10 == 0 ? 2 << 20 : 9000));
            switch (random.nextInt(6)) {
                case 0 -> {
                    v.writeZeroes(offset, length);
                    java.util.Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                case 1 -> {
                    v.unmap(offset, length);
                    int from = Math.ceilDiv(offset, BLOCK) * BLOCK;
                    int to = (offset + length) / BLOCK * BLOCK;
                    java.util.Arrays.fill(model, from, Math.max(from, to), (byte) 0);
                }
                case 2 -> store.createSnapshot("v");
                default -> {
                    byte[] data = Bytes.random(length, i);
                    Bytes.write(v, offset, data);
                    System.arraycopy(data, 0, model, offset, length);
                }
            }
            int at = random.nextInt(model.length);
            int count = Math.min(model.length - at, 1 + random.nextInt(9000));
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(model, at, at + count), Bytes.read(v, at, count));
            if (store.snapshots("v").size() > 20) {
                store.deleteSnapshot(store.snapshots("v").get(random.nextInt(1, 20)).id());
            }
        }
        reopen();
        assertArrayEquals(model, content(store, "v"));
    }

    @Test
    void defect7FreedExtentsAreUsedAgain() throws Exception {
        for (int round = 0; round < 5; round++) {
            Volume v = volume("v", 40);
            Bytes.write(v, 0, Bytes.random(40 << 20, round));
            int frozen = store.createSnapshot("v");
            Bytes.write(v, 0, Bytes.random(40 << 20, round + 10));
            store.deleteSnapshot(frozen);
            v.unmap(0, 20 * MIB);
            v.flush();
            assertEquals(20, store.info().usedExtents());
            store.release(v);
            store.deleteVolume("v");
            assertEquals(0, store.info().usedExtents());
        }
    }

    @Test
    void defect7bSpaceUnmappedButNotYetCommittedIsFoundWhenItIsNeeded() throws Exception {
        Volume v = volume("v", 200);
        Bytes.write(v, 0, new byte[99 << 20]);
        v.unmap(0, 99 * MIB);
        Bytes.write(v, 100 * MIB, Bytes.random(99 << 20, 1));
        assertArrayEquals(Bytes.random(99 << 20, 1), Bytes.read(v, 100 * MIB, 99 << 20));
    }

    @Test
    void defect8VolumesOfOneDeviceTakeDifferentExtents() throws Exception {
        Volume a = volume("a", 8);
        Volume b = volume("b", 8);
        for (int i = 0; i < 8; i++) {
            Bytes.write(a, i * MIB, block(i));
            Bytes.write(b, i * MIB, block(100 + i));
        }
        for (int i = 0; i < 8; i++) {
            assertArrayEquals(block(i), Bytes.read(a, i * MIB, BLOCK));
            assertArrayEquals(block(100 + i), Bytes.read(b, i * MIB, BLOCK));
        }
    }

    @Test
    void defect11AVolumeInUseIsNotDeleted() throws Exception {
        Volume v = volume("v", 2);
        Bytes.write(v, 0, block(1));
        int frozen = store.createSnapshot("v");
        assertFails(BackendError.BUSY, () -> store.deleteVolume("v"));
        store.release(v);
        Volume snapshot = store.openSnapshot(frozen);
        assertFails(BackendError.BUSY, () -> store.deleteVolume("v"));
        assertFails(BackendError.BUSY, () -> store.deleteSnapshot(frozen));
        store.release(snapshot);
        store.deleteVolume("v");
        assertFails(BackendError.NOT_FOUND, () -> store.volume("v"));
        assertFails(BackendError.NOT_FOUND, () -> store.openSnapshot(frozen));
        assertThrows(IllegalStateException.class, () -> Bytes.read(v, 0, 1));
    }

    @Test
    void defect12AVolumeOpenedTwiceIsOneAndTheSame() throws Exception {
        Volume first = volume("v", 2);
        Volume second = store.openVolume("v");
        Bytes.write(first, 0, block(1));
        assertArrayEquals(block(1), Bytes.read(second, 0, BLOCK));
        store.release(first);
        assertArrayEquals(block(1), Bytes.read(second, 0, BLOCK));
        store.release(second);
        assertThrows(IllegalArgumentException.class, () -> store.release(second));
    }

    @Test
    void defect19AccessAtTheEndIsRefusedAndNothingElse() throws Exception {
        Volume v = volume("v", 1);
        for (long offset : new long[] {MIB - BLOCK + 1, MIB, -1, Long.MAX_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> Bytes.write(v, offset, block(1)));
            assertThrows(IndexOutOfBoundsException.class, () -> Bytes.read(v, offset, BLOCK));
            assertThrows(IndexOutOfBoundsException.class, () -> v.unmap(offset, BLOCK));
            assertThrows(IndexOutOfBoundsException.class, () -> v.writeZeroes(offset, BLOCK));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> v.runAt(MIB));
        Bytes.write(v, MIB - BLOCK, block(1));
        Bytes.write(v, MIB, new byte[0]);
    }

    @Test
    void defect20ARenameLeavesNoTailAndNamesStayUnique() throws Exception {
        store.createVolume("volume-long", MIB);
        store.renameVolume("volume-long", "abc");
        store.createVolume("x", MIB);
        assertFails(BackendError.ALREADY_EXISTS, () -> store.renameVolume("x", "abc"));
        assertFails(BackendError.ALREADY_EXISTS, () -> store.createVolume("abc", MIB));
        int id = store.volume("x").headSnapshotId();
        assertFails(
                BackendError.ALREADY_EXISTS,
                () -> store.cloneSnapshot(id, "abc", ProgressListener.NONE));
        reopen();
        assertEquals(List.of("abc", "x"), names());
    }

    @Test
    void defect20bNamesThatCannotBeAddressedAreRefused() throws Exception {
        for (String name :
                List.of(
                        "",
                        "n".repeat(256),
                        "a\nb",
                        "a/b",
                        "a@1",
                        "#1",
                        "\u007f",
                        "ü".repeat(128))) {
            assertFails(BackendError.INVALID, () -> store.createVolume(name, MIB));
        }
        store.createVolume("n".repeat(255), MIB);
        store.createVolume("höhe Ω 日本", MIB);
        store.renameVolume("n".repeat(255), "ü".repeat(127));
        reopen();
        assertEquals(List.of("ü".repeat(127), "höhe Ω 日本"), names());
    }

    private List<String> names() {
        return store.volumes().stream().map(VolumeInfo::name).toList();
    }

    @Test
    void defect21IdsAreNotCutTo16Bits() throws Exception {
        Volume v = volume("v", 1);
        int frozen = store.createSnapshot("v");
        for (int id : new int[] {65536 + frozen, -1, 0, 65535, Integer.MIN_VALUE}) {
            assertFails(BackendError.NOT_FOUND, () -> store.deleteSnapshot(id));
            assertFails(BackendError.NOT_FOUND, () -> store.openSnapshot(id));
            assertFails(
                    BackendError.NOT_FOUND,
                    () -> store.cloneSnapshot(id, "c", ProgressListener.NONE));
        }
        assertEquals("v", v.name());
    }

    @Test
    void defect22SizesThatNoVolumeCanHaveAreRefused() {
        for (long size : new long[] {0, -1, (1L << 52) + 1, 1L << 62, Long.MAX_VALUE}) {
            assertFails(BackendError.INVALID, () -> store.createVolume("v", size));
        }
    }

    @Test
    void defect23ALongChainOpensAndReadsInOnePass() throws Exception {
        Volume v = volume("v", 2);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Bytes.write(v, i % 50 * (long) BLOCK, block(i));
            if (i % 5 == 0) {
                ids.add(store.createSnapshot("v"));
            }
        }
        byte[] head = content(store, "v");
        reopen();
        assertArrayEquals(head, content(store, "v"));
        assertEquals(ids.size() + 1, store.snapshots("v").size());
    }

    @Test
    void defect24SizesAreRoundedUp() throws Exception {
        store.createVolume("v", 1);
        store.createVolume("w", MIB + 1);
        assertEquals(MIB, store.volume("v").sizeBytes());
        assertEquals(2 * MIB, store.volume("w").sizeBytes());
    }

    @Test
    void defect26WrittenZeroesCoverPartsOfBlocksAndFreedSpaceIsZeroed() throws Exception {
        Volume v = volume("v", 2);
        Bytes.write(v, 0, Bytes.random(3 * BLOCK, 1));
        v.writeZeroes(100, 2 * BLOCK + 50);
        byte[] expected = Bytes.random(3 * BLOCK, 1);
        java.util.Arrays.fill(expected, 100, 2 * BLOCK + 150, (byte) 0);
        assertArrayEquals(expected, Bytes.read(v, 0, 3 * BLOCK));
        v.unmap(0, 2 * MIB);
        v.flush();
        java.nio.ByteBuffer raw = java.nio.ByteBuffer.allocate(1 << 20);
        device.read(MIB, raw);
        assertEquals(raw.flip(), java.nio.ByteBuffer.allocate(1 << 20));
    }

    @Test
    void everyOperationOnWhatIsNotThereSaysSo() {
        assertFails(BackendError.NOT_FOUND, () -> store.openVolume("v"));
        assertFails(BackendError.NOT_FOUND, () -> store.deleteVolume("v"));
        assertFails(BackendError.NOT_FOUND, () -> store.renameVolume("v", "w"));
        assertFails(BackendError.NOT_FOUND, () -> store.createSnapshot("#0"));
        assertFails(BackendError.NOT_FOUND, () -> store.snapshots("#999"));
    }

    @Test
    void tablesHoldWhatTheLayoutHasRoomForAndNoMore() throws Exception {
        for (int i = 0; i < 256; i++) {
            store.createVolume("v" + i, MIB);
        }
        assertFails(BackendError.LIMIT, () -> store.createVolume("one-more", MIB));
        store.deleteVolume("v100");
        store.createVolume("one-more", MIB);
        assertEquals(100, store.volume("one-more").slot());
    }

    @Test
    void aHeadIsNeitherDeletedNorOpenedAsASnapshot() throws Exception {
        store.createVolume("v", MIB);
        int head = store.volume("v").headSnapshotId();
        assertFails(BackendError.BUSY, () -> store.deleteSnapshot(head));
        assertFails(BackendError.BUSY, () -> store.openSnapshot(head));
    }

    @Test
    void aHeadInUseIsNotClonedButAClosedOneIs() throws Exception {
        Volume v = volume("v", 3);
        Bytes.write(v, 100, Bytes.random(2 << 20, 1));
        byte[] expected = content(store, "v");
        int head = store.volume("v").headSnapshotId();
        assertFails(BackendError.BUSY, () -> store.cloneSnapshot(head, "c", ProgressListener.NONE));
        store.release(v);
        List<Long> heard = new ArrayList<>();
        store.cloneSnapshot(head, "c", (done, total) -> heard.add(done * 1000 / total));
        assertEquals(1000, heard.getLast());
        assertArrayEquals(expected, content(store, "c"));
        Volume c = store.openVolume("c");
        Bytes.write(c, 0, block(9));
        assertArrayEquals(expected, content(store, "v"));
        assertNotEquals(head, store.volume("c").headSnapshotId());
    }

    @Test
    void aSnapshotKnowsItsTimeAndItsExtents() throws Exception {
        Volume v = volume("v", 3);
        Bytes.write(v, 0, Bytes.random(2 << 20, 1));
        int frozen = store.createSnapshot("v");
        Bytes.write(v, 0, block(1));
        List<SnapshotInfo> chain = store.snapshots("v");
        assertTrue(chain.get(0).head());
        assertEquals(frozen, chain.get(0).parentId());
        assertEquals(1, chain.get(0).ownExtents());
        assertEquals(2, chain.get(1).ownExtents());
        assertTrue(chain.get(0).createdAt().getEpochSecond() > 1_600_000_000L);
        assertEquals(2 << 20, store.volume("v").mappedBytes());
        assertEquals("v@" + frozen, store.openSnapshot(frozen).name());
    }

    @Test
    void readOnlyOpeningServesAndChangesNothing() throws Exception {
        Volume v = volume("v", 2);
        Bytes.write(v, 0, block(1));
        store.close();
        store = BlockStore.open(device, OpenOptions.READ_ONLY);
        Volume again = store.openVolume("v");
        assertTrue(again.isReadOnly());
        assertArrayEquals(block(1), Bytes.read(again, 0, BLOCK));
    }
}
