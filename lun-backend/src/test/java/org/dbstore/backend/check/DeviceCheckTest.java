package org.dbstore.backend.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Problem;
import org.dbstore.backend.Severity;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.golden.SparseImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Goal: each kind of damage is named, nothing is called damage that is none, nothing changes. */
class DeviceCheckTest {
    private final Patient patient = new Patient();

    DeviceCheckTest() throws BackendException {}

    private CheckReport check() throws BackendException {
        return check(patient.device);
    }

    private static CheckReport check(BlockDevice device) throws BackendException {
        FaultyDevice guarded = new FaultyDevice(device);
        CheckReport report = DeviceCheck.run(guarded);
        assertEquals(0, guarded.writes() + guarded.forces(), "a check writes nothing");
        return report;
    }

    private static Finding find(CheckReport report, Problem problem) {
        return report.findings().stream()
                .filter(finding -> finding.problem() == problem)
                .findFirst()
                .orElseThrow(() -> new AssertionError(problem + " not in " + report.findings()));
    }

    private static long extentEntry(int extent) {
        return Geometry.extentEntryOffset(extent);
    }

    /** The first extent whose entry has an owner. */
    private int extentOf(int owner) throws IOException {
        for (int extent = 0; extent < patient.geometry.usableExtents(); extent++) {
            byte[] entry = patient.bytes(extentEntry(extent), 2);
            if (((entry[0] & 0xff) | (entry[1] & 0xff) << 8) == owner) {
                return extent;
            }
        }
        throw new AssertionError("no extent of " + owner);
    }

    private int headOf(int slot) throws IOException {
        byte[] id = patient.bytes(Geometry.volumeEntryOffset(slot), 2);
        return (id[0] & 0xff) | (id[1] & 0xff) << 8;
    }

    @Test
    void aWholeDeviceIsClean() throws Exception {
        CheckReport report = check();
        assertEquals(List.of(), report.findings());
        assertEquals(Verdict.CLEAN, report.verdict());
        assertEquals(100L << 20, report.sizeBytes());
    }

    @Test
    void aDeviceThatWasNotClosedIsClean() throws Exception {
        MemoryBlockDevice device = patient.device;
        BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT);
        Bytes.write(store.openVolume("w"), 1 << 20, Bytes.random(4096, 1));
        store.createSnapshot("w", "three");
        CheckReport report = check(device); // as a kill would leave it
        assertEquals(Severity.INFO, find(report, Problem.NOT_CLOSED).severity());
        assertEquals(Verdict.CLEAN, report.verdict(), report.findings().toString());
        assertTrue(report.open());
        store.close();
        assertEquals(List.of(), check(device).findings());
    }

    @Test
    void aDeviceOfTheOriginalIsCheckedWithoutAMirror() throws Exception {
        MemoryBlockDevice plain = Stores.initialized();
        try (BlockStore store = Stores.openPlain(plain)) {
            store.createVolume("v", 1 << 20);
        }
        assertEquals(List.of(), check(plain).findings());
    }

    @Test
    void rotInATableIsSeenAndTheMirrorHasIt() throws Exception {
        patient.flip(Geometry.volumeEntryOffset(0) + 20);
        CheckReport report = check();
        assertEquals(4096, find(report, Problem.MIRROR_TAKEN).offset().orElseThrow());
        assertEquals(Verdict.REPAIRABLE, report.verdict());
    }

    @Test
    void rotInTheSuperblockIsSeen() throws Exception {
        patient.flip(8);
        find(check(), Problem.SUPERBLOCK_RESCUED);
        patient.flip(8);
        patient.flip(12);
        assertEquals(Verdict.REPAIRABLE, check().verdict());
    }

    @Test
    void rotInTheMirrorIsSeenWhereTheHomeIsGood() throws Exception {
        long mirror = patient.geometry.extentOffset(patient.reserved().mirrors().getFirst());
        patient.flip(mirror + 4096 * 3 + 7);
        assertEquals(
                mirror + 4096 * 3, find(check(), Problem.MIRROR_DAMAGED).offset().orElseThrow());
        patient.flip(mirror + 4096 * 3 + 7);
        patient.flip(mirror + 70);
        find(check(), Problem.MIRROR_DAMAGED);
    }

    @Test
    void rotInHomeAndMirrorIsDamage() throws Exception {
        long mirror = patient.geometry.extentOffset(patient.reserved().mirrors().getFirst());
        patient.flip(4096 + 20);
        patient.flip(mirror + 4096 * 2 + 20);
        CheckReport report = check();
        assertEquals("block 1", find(report, Problem.LOST_BLOCK).object());
        assertEquals(Verdict.DAMAGED, report.verdict());
    }

    @Test
    void bitsThatTheMirrorHasOtherwiseAreDoubtful() throws Exception {
        patient.flip(extentEntry(extentOf(1)) + 30);
        CheckReport report = check();
        assertEquals("block 178", find(report, Problem.DOUBTFUL).object());
        assertTrue(
                report.findings().stream()
                        .anyMatch(finding -> finding.text().contains("volume v is not served")));
    }

    @Test
    void aMissingRecordOfTheJournalIsDamage() throws Exception {
        BlockStore store = BlockStore.open(patient.device, OpenOptions.DEFAULT);
        for (int i = 0; i < 5; i++) {
            store.createSnapshot("w");
        }
        long journal = patient.geometry.extentOffset(patient.reserved().journal());
        for (int half = 0; half < 2; half++) { // the second record of each half
            int images = patient.bytes(journal + half * (128L << 12) + 40, 1)[0];
            patient.flip(journal + half * (128L << 12) + ((1 + images) << 12) + 100);
        }
        find(check(), Problem.JOURNAL_HOLE);
    }

    @Test
    void oneCopyOfACatalogueBlockIsARepair() throws Exception {
        patient.flip(patient.geometry.extentOffset(patient.reserved().catalogue().getFirst()) + 50);
        CheckReport report = check();
        assertEquals("block 0 of the catalogue", find(report, Problem.CATALOGUE_COPY).object());
        assertEquals(Verdict.REPAIRABLE, report.verdict());
    }

    @Test
    void aCatalogueBlockLostInBothCopiesIsDamageAndNamesTheVolumes() throws Exception {
        patient.destroyCatalogueBlock(0, 60);
        CheckReport report = check();
        find(report, Problem.CATALOGUE_LOST);
        assertEquals("volume v", find(report, Problem.IDENTITY_LOST).object());
    }

    @Test
    void extentsOfNoSnapshotAreOrphans() throws Exception {
        patient.withoutMirror();
        patient.put(extentEntry(extentOf(headOf(1))), 2, 999);
        CheckReport report = check();
        assertEquals("snapshot 999", find(report, Problem.ORPHANS).object());
        assertEquals(Verdict.REPAIRABLE, report.verdict());
    }

    @Test
    void aVolumeEntryThatIsGoneLeavesLostSnapshots() throws Exception {
        patient.withoutMirror();
        patient.put(Geometry.volumeEntryOffset(1), 2, 0);
        assertEquals("snapshot " + extentOwnerOfW(), find(check(), Problem.LOST_SNAPSHOT).object());
    }

    private int extentOwnerOfW() throws IOException {
        return patient.bytes(extentEntry(extentOfLast()), 1)[0];
    }

    private int extentOfLast() throws IOException {
        int last = -1;
        for (int extent = 0; extent < patient.geometry.usableExtents(); extent++) {
            byte[] entry = patient.bytes(extentEntry(extent), 2);
            if (entry[0] != 0 && entry[0] != -1) {
                last = extent;
            }
        }
        return last;
    }

    @Test
    void twoExtentsForOnePositionAreDamage() throws Exception {
        patient.withoutMirror();
        int first = extentOf(1);
        patient.put(extentEntry(first) + 2, 4, 1);
        assertTrue(find(check(), Problem.DUPLICATE).text().contains("position 1 more than once"));
    }

    @Test
    void aPositionBeyondTheVolumeIsSeen() throws Exception {
        patient.withoutMirror();
        patient.put(extentEntry(extentOfLast()) + 2, 4, 77);
        assertTrue(find(check(), Problem.BEYOND_END).text().contains("position 77"));
    }

    @Test
    void chainsThatBreakAreDamage() throws Exception {
        patient.withoutMirror();
        patient.put(Geometry.volumeEntryOffset(1), 2, 5000);
        Finding finding = find(check(), Problem.VOLUME_REFUSED);
        assertEquals("volume w", finding.object());
        assertEquals(Geometry.volumeEntryOffset(1), finding.offset().orElseThrow());
        patient.put(Geometry.snapshotEntryOffset(1), 2, headOf(0)); // a circle
        assertTrue(
                check().findings().stream()
                        .anyMatch(each -> each.text().contains("go in a circle")));
    }

    @Test
    void aHighWaterMarkThatIsTooLowIsSeen() throws Exception {
        patient.withoutMirror();
        patient.put(12, 4, 1);
        find(check(), Problem.HIGH_WATER);
    }

    @Test
    void reservedExtentsThatAreAVolumesOrFreeAreSeen() throws Exception {
        patient.withoutMirror();
        long journal = extentEntry(patient.reserved().journal());
        patient.put(journal, 2, 1);
        find(check(), Problem.RESERVED_CLAIMED);
        patient.put(journal, 2, 0);
        find(check(), Problem.RESERVED_ENTRY);
    }

    @Test
    void tablesThatWereWipedWithTheirStampAreNotTakenForAnEmptyStore() throws Exception {
        patient.device.write(4096, ByteBuffer.allocate((1 << 20) - 4096));
        assertEquals(Verdict.DAMAGED, check().verdict());
    }

    @Test
    void aDeviceThatIsTooShortIsDamaged() throws Exception {
        MemoryBlockDevice shorter = new MemoryBlockDevice("short", 100 << 20);
        ByteBuffer superblock = ByteBuffer.allocateDirect(4096);
        patient.device.read(0, superblock);
        shorter.write(0, superblock.flip());
        Patient.put(shorter, 16, 8, 200 << 20);
        assertTrue(find(check(shorter), Problem.UNUSABLE).text().contains("the end is missing"));
    }

    @Test
    void whatIsNoStoreIsRefused() {
        Stores.assertFails(
                BackendError.NOT_A_STORE, () -> check(new MemoryBlockDevice("zeroes", 100 << 20)));
        Stores.assertFails(
                BackendError.NOT_A_STORE, () -> check(new MemoryBlockDevice("tiny", 100)));
    }

    @Test
    void metadataThatCannotBeReadIsNamed() throws Exception {
        FaultyDevice broken = new FaultyDevice(patient.device);
        broken.failReadsOf(2);
        CheckReport report = DeviceCheck.run(broken);
        assertEquals(8192, find(report, Problem.UNREADABLE).offset().orElseThrow());
    }

    @Test
    void doubledNamesAreARemark() throws Exception {
        CheckReport report = check(SparseImage.load("damaged/d07-rename-tail"));
        find(report, Problem.AMBIGUOUS_NAME);
        assertEquals(Verdict.CLEAN, report.verdict(), report.findings().toString());
    }

    /** The promise for devices in use, with a journal and without. */
    @ParameterizedTest
    @ValueSource(strings = {"WHERE_POSSIBLE", "NONE"})
    void aDeviceThatIsWrittenIsCleanInEveryPass(String journal) throws Exception {
        MemoryBlockDevice device = new MemoryBlockDevice("memory", 400 << 20);
        BlockStore.initialize(device);
        OpenOptions options =
                new OpenOptions(
                        OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.valueOf(journal));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (BlockStore store = BlockStore.open(device, options)) {
            store.createVolume("v", 64 << 20);
            Thread writer =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    write(store, stop);
                                } catch (Throwable e) {
                                    failure.set(e);
                                }
                            });
            for (int pass = 0; pass < 60; pass++) {
                CheckReport report = check(device);
                assertEquals(Verdict.CLEAN, report.verdict(), report.findings().toString());
            }
            stop.set(true);
            writer.join();
        }
        assertEquals(null, failure.get());
    }

    private static void write(BlockStore store, AtomicBoolean stop) throws BackendException {
        SplittableRandom random = new SplittableRandom(1);
        Volume v = store.openVolume("v");
        for (int i = 0; !stop.get(); i++) {
            long at = random.nextLong((64 << 20) / 4096) * 4096;
            if (random.nextInt(4) == 0) {
                v.unmap(at / (1 << 20) * (1 << 20), 1 << 20);
            } else {
                Bytes.write(v, at, Bytes.random(4096, i));
            }
            v.flush();
            if (i % 50 == 0) {
                int id = store.createSnapshot("v");
                store.deleteSnapshot(id);
            }
        }
        store.release(v);
    }

    @Test
    void anImageTakesNoWrites() {
        MetadataImage image = new MetadataImage(patient.device);
        assertThrows(IOException.class, () -> image.write(0, ByteBuffer.allocate(1)));
        assertThrows(IOException.class, () -> image.writeThrough(0, ByteBuffer.allocate(1)));
    }

    @Test
    void anImageReadsAsTheDevice() throws Exception {
        MetadataImage image = new MetadataCapture(patient.device).run();
        ByteBuffer all = ByteBuffer.allocate(3 << 20);
        image.read(100, all);
        assertArrayEquals(patient.bytes(100, 3 << 20), all.array());
    }
}
