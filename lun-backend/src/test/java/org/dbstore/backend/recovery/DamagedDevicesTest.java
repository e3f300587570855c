package org.dbstore.backend.recovery;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.CloseStamp;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.golden.SparseImage;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Goal: what is damaged is reported and kept, what is not is served, and nothing hangs. */
class DamagedDevicesTest {
    private static final int BLOCK = 4096;

    /** A block as the golden images have it. */
    private static byte[] goldenBlock(String tag, long block, int generation) {
        String line = "%s block=%d gen=%d ".formatted(tag, block, generation);
        line += ".".repeat(63 - line.length()) + "\n";
        return line.repeat(64).getBytes(StandardCharsets.US_ASCII);
    }

    private static void assertFinding(BlockStore store, String part) {
        assertTrue(
                store.findings().stream().anyMatch(finding -> finding.contains(part)),
                () -> part + " is not among " + store.findings());
    }

    private static void put(BlockDevice device, long offset, int bytes, long value)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, value).limit(bytes);
        device.write(offset, buffer);
    }

    /** Volume "v" of 4 MiB with a block in each extent, frozen once. */
    private static MemoryBlockDevice sample() throws BackendException {
        MemoryBlockDevice device = Stores.initialized();
        try (BlockStore store = Stores.openPlain(device)) {
            store.createVolume("v", 4 * MIB);
            Volume v = store.openVolume("v");
            for (int i = 0; i < 4; i++) {
                Bytes.write(v, i * MIB, Bytes.random(BLOCK, i));
            }
            store.createSnapshot("v");
            store.createVolume("good", MIB);
            Bytes.write(store.openVolume("good"), 0, Bytes.random(BLOCK, 9));
        }
        return device;
    }

    private static void assertGoodIsServed(BlockStore store) throws BackendException {
        Volume good = store.openVolume("good");
        assertArrayEquals(Bytes.random(BLOCK, 9), Bytes.read(good, 0, BLOCK));
        store.release(good);
    }

    @Test
    void d01OrphansAreKeptReportedAndNeverAdopted() throws Exception {
        try (BlockStore store = Stores.openPlain(SparseImage.load("damaged/d01-delsnap-merge"))) {
            assertFinding(store, "1 extents carry id 2, which no snapshot has");
            long used = store.info().usedExtents();
            for (int i = 0; i < 20; i++) {
                store.createVolume("new" + i, 4 * MIB);
                assertTrue(store.volume("new" + i).headSnapshotId() != 2);
                assertEquals(0, store.volume("new" + i).mappedBytes());
            }
            Volume v = store.openVolume("v");
            assertArrayEquals(goldenBlock("v", 0, 1), Bytes.read(v, 0, BLOCK));
            assertArrayEquals(goldenBlock("v", 1, 2), Bytes.read(v, BLOCK, BLOCK));
            assertEquals(used, store.info().usedExtents());
        }
    }

    @Test
    void d03APositionBeyondTheVolumeIsReportedAndIgnored() throws Exception {
        try (BlockStore store =
                Stores.openPlain(SparseImage.load("damaged/d03-pos-out-of-range"))) {
            assertFinding(store, "position 5, beyond the end of its volume");
            Volume small = store.openVolume("small");
            assertArrayEquals(new byte[1 << 20], Bytes.read(small, 0, 1 << 20));
            Bytes.write(small, 0, Bytes.random(BLOCK, 1));
            store.release(small);
            store.deleteVolume("small"); // and the extent goes with it
            assertEquals(0, store.info().usedExtents());
        }
    }

    @Test
    void d04AFileThatGrewIsServedWithAllItsData() throws Exception {
        MemoryBlockDevice device = SparseImage.load("damaged/d04-grown-file");
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "20975616 bytes longer than its superblock says");
            assertEquals(104857600, store.info().sizeBytes());
            assertEquals(99, store.info().totalExtents());
            Volume v = store.openVolume("v");
            for (int extent = 0; extent < 120; extent++) {
                assertArrayEquals(
                        goldenBlock("v", extent * 256L, 1), Bytes.read(v, extent * MIB, BLOCK));
            }
            assertFails(
                    BackendError.NO_SPACE, () -> Bytes.write(v, 150 * MIB, Bytes.random(BLOCK, 1)));
            v.unmap(100 * MIB, 20 * MIB); // what lay beyond the end is not used again
            v.flush();
            assertFails(
                    BackendError.NO_SPACE, () -> Bytes.write(v, 150 * MIB, Bytes.random(BLOCK, 1)));
        }
    }

    @Test
    void d07DoubledNamesAreAddressedBySlotAndPutRight() throws Exception {
        MemoryBlockDevice device = SparseImage.load("damaged/d07-rename-tail");
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(
                    List.of("abcume-long", "dup1", "dup1"),
                    store.volumes().stream().map(VolumeInfo::name).toList());
            assertFails(BackendError.INVALID, () -> store.openVolume("dup1"));
            Volume second = store.openVolume("#2");
            assertArrayEquals(goldenBlock("dup2", 0, 1), Bytes.read(second, 0, BLOCK));
            store.renameVolume("#2", "dup2");
            store.renameVolume("abcume-long", "abc");
            assertEquals(0, store.volume("dup1").mappedBytes());
            assertEquals("dup2", second.name());
        }
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(
                    List.of("abc", "dup1", "dup2"),
                    store.volumes().stream().map(VolumeInfo::name).toList());
        }
    }

    @Test
    void d09ACycleOfParentsIsRefusedAndDoesNotHang() throws Exception {
        MemoryBlockDevice device = SparseImage.load("damaged/d09-parent-cycle");
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    try (BlockStore store = Stores.openPlain(device)) {
                        assertFinding(store, "volume v is not served");
                        assertFails(BackendError.CORRUPT, () -> store.openVolume("v"));
                        assertFails(BackendError.CORRUPT, () -> store.createSnapshot("v"));
                        assertFails(BackendError.CORRUPT, () -> store.deleteVolume("v"));
                        assertFails(BackendError.CORRUPT, () -> store.deleteSnapshot(1));
                        assertFails(
                                BackendError.CORRUPT,
                                () -> store.cloneSnapshot(1, "c", ProgressListener.NONE));
                        assertEquals(2, store.snapshots("v").size());
                        store.createVolume("other", MIB);
                        Bytes.write(store.openVolume("other"), 0, Bytes.random(BLOCK, 1));
                    }
                });
    }

    @Test
    void d10TheForksLayoutIsRefused() throws Exception {
        MemoryBlockDevice device = SparseImage.load("damaged/d10-fork-dev-format");
        BackendException e =
                assertThrows(BackendException.class, () -> Stores.openPlain(device).close());
        assertEquals(BackendError.NOT_A_STORE, e.error());
        assertTrue(String.valueOf(e.getMessage()).contains("fork"), e.getMessage());
    }

    @Test
    void anEmptiedStoreIsNotTakenForTheForks() throws Exception {
        MemoryBlockDevice device = sample();
        try (BlockStore store = Stores.openPlain(device)) {
            Volume good = store.openVolume("good");
            good.unmap(0, MIB);
            store.release(good);
            store.deleteVolume("v");
        }
        // Stale data in the first extent that would read as extent entries of the fork.
        device.write(1318912, ByteBuffer.wrap(Bytes.random(38 * 10, 1)));
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(1, store.volumes().size());
        }
    }

    @Test
    void whatIsNoStoreIsSaidToBeNone() throws Exception {
        MemoryBlockDevice zeroes = new MemoryBlockDevice("zeroes", 100 * MIB);
        BackendException e =
                assertThrows(BackendException.class, () -> Stores.openPlain(zeroes).close());
        assertEquals(BackendError.NOT_A_STORE, e.error());
        assertTrue(String.valueOf(e.getMessage()).contains("dbsctl device init"));
        assertFails(
                BackendError.NOT_A_STORE,
                () -> Stores.openPlain(new MemoryBlockDevice("tiny", 100)).close());
        MemoryBlockDevice newer = Stores.initialized();
        put(newer, 8, 4, 0x00010001);
        assertFails(BackendError.NOT_A_STORE, () -> Stores.openPlain(newer).close());
    }

    @Test
    void aDeviceShorterThanItSaysIsRefused() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        put(device, 16, 8, 101 * MIB);
        assertFails(BackendError.CORRUPT, () -> Stores.openPlain(device).close());
        put(device, 16, 8, -1);
        assertFails(BackendError.CORRUPT, () -> Stores.openPlain(device).close());
    }

    @Test
    void entriesAboveTheHighWaterMarkAreFreedIfTheOriginalWroteLast() throws Exception {
        MemoryBlockDevice device = sample();
        device.write(24, ByteBuffer.allocate(4096 - 24)); // as the original does
        long entry = Geometry.extentEntryOffset(50);
        put(device, entry, 2, 1);
        put(device, entry + 6, 8, -1);
        try (BlockStore store = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            assertEquals(5, store.info().usedExtents());
        }
        assertEquals(1, entryOwner(device, entry), "a read-only opening changes nothing");
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "1 extents that no write had acknowledged were freed");
            assertEquals(5, store.info().usedExtents());
        }
        assertEquals(0, entryOwner(device, entry));
    }

    @Test
    void aDamagedHighWaterMarkCostsNothing() throws Exception {
        MemoryBlockDevice device = sample();
        put(device, 12, 4, 1);
        try (BlockStore store = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            assertGoodIsServed(store);
        }
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "4 extents lie above the high-water mark 1");
            assertEquals(5, store.info().usedExtents());
            assertEquals(5, store.info().highWaterExtents());
            assertGoodIsServed(store);
            Volume v = store.openVolume("v");
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(Bytes.random(BLOCK, i), Bytes.read(v, i * MIB, BLOCK));
            }
            Bytes.write(v, 0, Bytes.random(BLOCK, 5)); // a sixth extent
        }
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(List.of(), store.findings());
            assertEquals(6, store.info().highWaterExtents());
        }
    }

    @Test
    void theIdOfAnExtentBeyondTheEndIsNotReused() throws Exception {
        // The original counts an extent that does not fit on a device of this size.
        long size = Geometry.EXTENT_TABLE + 8408 * MIB;
        MemoryBlockDevice device = new MemoryBlockDevice("large", size);
        BlockStore.initialize(device);
        long total = new Geometry(size).totalExtents();
        long entry = Geometry.extentEntryOffset((int) total - 1);
        put(device, 12, 4, total);
        put(device, entry, 2, 2);
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "lies beyond the end of the device");
            for (int i = 0; i < 3; i++) {
                store.createVolume("v" + i, MIB);
                assertTrue(store.volume("v" + i).headSnapshotId() != 2);
            }
        }
    }

    private static long entryOwner(BlockDevice device, long entry) throws IOException {
        ByteBuffer owner = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        device.read(entry, owner);
        return Short.toUnsignedInt(owner.getShort(0));
    }

    @Test
    void ofDoubledEntriesTheHigherIndexCountsAndTheOtherNeverComesBack() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        try (BlockStore store = Stores.openPlain(device)) {
            store.createVolume("v", 2 * MIB);
            Volume v = store.openVolume("v");
            Bytes.write(v, 0, Bytes.random(BLOCK, 1));
            Bytes.write(v, MIB, Bytes.random(BLOCK, 2));
        }
        put(device, Geometry.extentEntryOffset(1) + 2, 4, 0); // both are for position 0 now
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "has position 0 more than once: extent 1 counts");
            Volume v = store.openVolume("v");
            assertArrayEquals(Bytes.random(BLOCK, 2), Bytes.read(v, 0, BLOCK));
            v.unmap(0, 2 * MIB);
        }
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(0, store.volume("v").mappedBytes());
            store.deleteVolume("v");
            assertEquals(0, store.info().usedExtents());
        }
    }

    @Test
    void aHeadThatIsNotThereCostsThatVolumeOnlyAndItsIdIsNotReused() throws Exception {
        MemoryBlockDevice device = sample();
        put(device, Geometry.volumeEntryOffset(0), 2, 4);
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "its head, snapshot 4, is not there");
            assertFinding(store, "belongs to no volume: kept");
            assertFails(BackendError.CORRUPT, () -> store.openVolume("v"));
            assertGoodIsServed(store);
            for (int i = 0; i < 10; i++) {
                store.createVolume("new" + i, MIB);
                assertTrue(store.volume("new" + i).headSnapshotId() != 4);
            }
            assertEquals(5, store.info().usedExtents()); // the lost layers' data is still there
        }
    }

    @Test
    void aHalfDeletedSnapshotOfALostVolumeIsKept() throws Exception {
        MemoryBlockDevice device = sample();
        try (BlockStore store = Stores.openPlain(device)) {
            Bytes.write(store.openVolume("v"), 0, Bytes.random(BLOCK, 7));
        }
        put(device, Geometry.snapshotEntryOffset(1) + 9, 1, 0x80); // the mark on the frozen layer
        put(device, Geometry.volumeEntryOffset(0), 2, 0); // and the volume's entry is lost
        try (BlockStore store = Stores.openPlain(device)) {
            assertFinding(store, "snapshot 1 was being deleted, but others");
            assertEquals(6, store.info().usedExtents());
            assertGoodIsServed(store);
        }
    }

    @Test
    void twoVolumesWithOneHeadAreBothRefused() throws Exception {
        MemoryBlockDevice device = sample();
        put(device, Geometry.volumeEntryOffset(5), 2, 2);
        put(device, Geometry.volumeEntryOffset(5) + 2, 8, 4 * MIB);
        put(device, Geometry.volumeEntryOffset(5) + 10, 1, 'x');
        try (BlockStore store = Stores.openPlain(device)) {
            assertFails(BackendError.CORRUPT, () -> store.openVolume("v"));
            assertFails(BackendError.CORRUPT, () -> store.openVolume("x"));
            assertFails(BackendError.CORRUPT, () -> store.deleteVolume("x"));
            assertGoodIsServed(store);
        }
    }

    @Test
    void aSizeThatCannotBeIsRefusedButTheVolumeCanBeDeleted() throws Exception {
        for (long size : new long[] {1L << 62, -1, 0, 12345}) {
            MemoryBlockDevice device = sample();
            put(device, Geometry.volumeEntryOffset(0) + 2, 8, size);
            try (BlockStore store = Stores.openPlain(device)) {
                assertFails(BackendError.CORRUPT, () -> store.openVolume("v"));
                assertEquals(size, store.volume("v").sizeBytes());
                assertGoodIsServed(store);
                store.deleteVolume("v");
                assertEquals(1, store.info().usedExtents());
            }
        }
    }

    @Test
    void theIdentityReturnsAfterTheOriginalErasedIt() throws Exception {
        MemoryBlockDevice device = sample();
        device.write(24, ByteBuffer.allocate(4096 - 24));
        try (BlockStore store = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            assertEquals(0, store.info().deviceId().getMostSignificantBits());
        }
        java.util.UUID identity;
        try (BlockStore store = Stores.openPlain(device)) {
            identity = store.info().deviceId();
            assertTrue(identity.getMostSignificantBits() != 0);
        }
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(identity, store.info().deviceId());
        }
    }

    /** With journal, mirror and catalogue, closed. */
    private static MemoryBlockDevice journaled() throws BackendException {
        MemoryBlockDevice device = Stores.initialized();
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("good", MIB);
            Volume good = store.openVolume("good");
            Bytes.write(good, 0, Bytes.random(BLOCK, 9));
            good.flush();
        }
        return device;
    }

    @Test
    void aNumberOfReservedExtentsThatOverflowsIsDamageToBeMended() throws Exception {
        MemoryBlockDevice device = journaled();
        put(device, ReservedExtents.OFFSET + 16, 4, 0x40000001);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            assertFinding(store, "the superblock was damaged");
            assertGoodIsServed(store);
        }
    }

    /** Otherwise its branches would count as damage. */
    @Test
    void aVersionThatDoesNotGoWithItsFeaturesIsMended() throws Exception {
        MemoryBlockDevice device = journaled();
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.linkClone(store.createSnapshot("good"), "clone");
        }
        put(device, Superblock.VERSION_FIELD, 4, Superblock.VERSION);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            assertFinding(store, "the superblock was damaged");
            assertGoodIsServed(store);
            Volume clone = store.openVolume("clone");
            assertArrayEquals(Bytes.random(BLOCK, 9), Bytes.read(clone, 0, BLOCK));
        }
    }

    @Test
    void aDeviceWithFeaturesOfANewerProgramIsRefused() throws Exception {
        MemoryBlockDevice device = journaled();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        device.read(0, block);
        Superblock.read(block.flip()).withFeatures(Superblock.BRANCHED | 8).write(block);
        device.write(0, block.limit(Superblock.HEAD_BYTES));
        assertFails(
                BackendError.NOT_A_STORE,
                () -> BlockStore.open(device, OpenOptions.DEFAULT).close());
    }

    /** "good" went back to an older snapshot: the younger one is in nobody's chain. */
    private static int besideTheChain(MemoryBlockDevice device) throws BackendException {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            int older = store.createSnapshot("good");
            Volume good = store.openVolume("good");
            Bytes.write(good, BLOCK, Bytes.random(BLOCK, 10));
            store.release(good);
            int younger = store.createSnapshot("good");
            store.rollback("good", older, false);
            return younger;
        }
    }

    @Test
    void aSnapshotBesideTheChainIsNotServedWithoutItsParent() throws Exception {
        MemoryBlockDevice device = journaled();
        int younger = besideTheChain(device);
        int missing = 77;
        put(device, Geometry.snapshotEntryOffset(younger), 2, missing);
        put(device, CloseStamp.OFFSET, 8, 0); // the mirror is not asked
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            assertGoodIsServed(store);
            assertFinding(store, "snapshot %d with 1 extents belongs to no".formatted(younger));
            assertFails(BackendError.NOT_FOUND, () -> store.openSnapshot(younger));
        }
    }

    /** Else each write to the volume would change the snapshot. */
    @Test
    void aVolumeWhoseHeadIsTheParentOfASnapshotIsRefused() throws Exception {
        MemoryBlockDevice device = journaled();
        int younger = besideTheChain(device);
        put(device, Geometry.volumeEntryOffset(0), 2, younger - 1);
        put(device, CloseStamp.OFFSET, 8, 0); // the mirror is not asked
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            assertFinding(store, "is the parent of snapshot " + younger);
            assertFails(BackendError.CORRUPT, () -> store.openVolume("good"));
            assertFails(BackendError.CORRUPT, () -> store.openSnapshot(younger));
        }
    }

    /** Otherwise the journal would be written over the volume's data, or they over the journal. */
    @Test
    void aReservedExtentThatBelongsToALayerIsRefused() throws Exception {
        MemoryBlockDevice device = journaled();
        ByteBuffer superblock = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        device.read(0, superblock);
        int journal = ReservedExtents.read(superblock).orElseThrow().journal();
        put(device, Geometry.extentEntryOffset(journal), 2, 1);
        put(device, CloseStamp.OFFSET, 8, 0); // the mirror is not asked
        assertFails(
                BackendError.CORRUPT, () -> BlockStore.open(device, OpenOptions.DEFAULT).close());
    }

    @Test
    void oneReservedExtentForTwoPurposesOrThatCannotBeIsNoList() throws Exception {
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        new ReservedExtents(5, List.of(6), List.of(7, 8), List.of(9)).write(block);
        assertTrue(ReservedExtents.read(block).isPresent());
        for (ReservedExtents doubled :
                List.of(
                        new ReservedExtents(-1, List.of(6), List.of(7, 8), List.of()),
                        new ReservedExtents(5, List.of(6), List.of(-1, 8), List.of()),
                        new ReservedExtents(6, List.of(6), List.of(7, 8), List.of()),
                        new ReservedExtents(5, List.of(6), List.of(7, 7), List.of()),
                        new ReservedExtents(5, List.of(7), List.of(7, 8), List.of()),
                        new ReservedExtents(5, List.of(6), List.of(7, 8), List.of(8)))) {
            doubled.write(block);
            assertTrue(ReservedExtents.read(block).isEmpty(), doubled::toString);
        }
    }

    /** Whatever the metadata says, opening ends with a store or a refusal, in bounded time. */
    @Test
    void randomMetadataNeverCrashesTheOpening() throws Exception {
        for (int seed = 0; seed < 150; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MemoryBlockDevice device = seed % 2 == 0 ? sample() : Stores.initialized();
            for (int i = 0; i < 40; i++) {
                long offset = random.nextInt(100) < 15 ? 12 : randomOffset(random);
                int bytes = 1 + random.nextInt(offset == 12 ? 4 : 8);
                long value = random.nextBoolean() ? random.nextLong(6) : random.nextLong();
                put(device, offset, bytes, value);
            }
            String repetition = "seed " + seed;
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> openAndUse(device), repetition);
        }
    }

    private static long randomOffset(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> Geometry.volumeEntryOffset(random.nextInt(4)) + random.nextInt(12);
            case 1 -> Geometry.snapshotEntryOffset(1 + random.nextInt(6)) + random.nextInt(10);
            default -> Geometry.extentEntryOffset(random.nextInt(12)) + random.nextInt(38);
        };
    }

    private static void openAndUse(BlockDevice device) throws BackendException {
        try (BlockStore store = Stores.openPlain(device)) {
            for (VolumeInfo info : store.volumes()) {
                String address = "#" + info.slot();
                store.snapshots(address);
                try {
                    Volume volume = store.openVolume(address);
                    volume.runAt(0);
                    Bytes.read(volume, 0, BLOCK);
                    Bytes.write(volume, 100, new byte[BLOCK]);
                    store.release(volume);
                    int frozen = store.createSnapshot(address);
                    store.deleteSnapshot(frozen);
                    store.deleteVolume(address);
                } catch (BackendException e) {
                    assertEquals(BackendError.CORRUPT, e.error(), e.getMessage());
                }
            }
        }
    }
}
