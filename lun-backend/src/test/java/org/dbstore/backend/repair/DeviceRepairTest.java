package org.dbstore.backend.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Problem;
import org.dbstore.backend.Stores;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.backend.check.Patient;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.golden.SparseImage;
import org.dbstore.backend.repair.RepairOptions.Doubt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Goal: what can be repaired is, nothing is guessed, and a repair may end anywhere. */
class DeviceRepairTest {
    private static final RepairOptions FROM_MIRROR =
            new RepairOptions(Doubt.FROM_MIRROR, false, false, Set.of());
    private static final RepairOptions KEEP_DEVICE =
            new RepairOptions(Doubt.KEEP_DEVICE, false, false, Set.of());
    private static final RepairOptions FREE_ORPHANS =
            new RepairOptions(Doubt.REFUSE, true, false, Set.of());
    private static final RepairOptions DROP =
            new RepairOptions(Doubt.REFUSE, false, true, Set.of());

    @TempDir Path folder = Path.of("");
    private final Patient patient = new Patient();
    private int backups;

    DeviceRepairTest() throws BackendException {}

    private Path backup() {
        return folder.resolve("backup" + backups++);
    }

    private RepairReport repair(RepairOptions options) throws BackendException {
        return DeviceRepair.run(patient.device, options, backup(), BootId.current());
    }

    /** Plans, which changes nothing, repairs, and expects it to be as planned and all right. */
    private RepairReport repairWholly(RepairOptions options) throws Exception {
        byte[] before = patient.bytes(0, 100 << 20);
        RepairReport plan = DeviceRepair.plan(patient.device, options, BootId.current());
        assertArrayEquals(before, patient.bytes(0, 100 << 20), "a plan changes nothing");
        assertFalse(plan.changes().isEmpty());
        assertEquals(Verdict.REPAIRABLE, plan.verdict(), plan.remaining().toString());
        RepairReport done = repair(options);
        assertTrue(done.done());
        assertEquals(Verdict.REPAIRABLE, done.verdict(), done.remaining().toString());
        assertEquals(List.of(), DeviceCheck.run(patient.device).findings());
        Path file = done.backup().orElseThrow();
        assertEquals(before[4096 + 20], MetadataDump.read(file).image().block(1).get(20));
        assertTrue(Files.size(file) < 100_000);
        return done;
    }

    private void assertWhole() throws BackendException {
        try (BlockStore store = Stores.open(patient.device)) {
            Patient.assertWhole(store);
            assertEquals(List.of(), store.findings());
        }
    }

    private int extentOf(int owner) throws IOException {
        for (int extent = 0; ; extent++) {
            byte[] entry = patient.bytes(Geometry.extentEntryOffset(extent), 2);
            if (((entry[0] & 0xff) | (entry[1] & 0xff) << 8) == owner) {
                return extent;
            }
        }
    }

    private int headOf(int slot) throws IOException {
        byte[] id = patient.bytes(Geometry.volumeEntryOffset(slot), 2);
        return (id[0] & 0xff) | (id[1] & 0xff) << 8;
    }

    private long mirror() throws IOException {
        return patient.geometry.extentOffset(patient.reserved().mirrors().getFirst());
    }

    @Test
    void aCleanDeviceIsLeftAlone() throws Exception {
        byte[] before = patient.bytes(0, 100 << 20);
        RepairReport report = repair(FREE_ORPHANS);
        assertFalse(report.done());
        assertEquals(Verdict.CLEAN, report.verdict());
        assertArrayEquals(before, patient.bytes(0, 100 << 20));
        assertFalse(Files.exists(folder.resolve("backup0")));
    }

    @Test
    void aTableIsRestoredFromTheMirror() throws Exception {
        patient.flip(Geometry.volumeEntryOffset(0) + 10); // the name
        RepairReport report = repairWholly(RepairOptions.NONE);
        assertTrue(
                report.changes().stream().anyMatch(each -> each.object().equals("volume slot #0")),
                report.changes().toString());
        assertWhole();
    }

    @Test
    void theMirrorIsMadeAnewWhereItIsDamaged() throws Exception {
        patient.flip(mirror() + 3 * 4096 + 9);
        repairWholly(RepairOptions.NONE);
        patient.flip(mirror() + 100);
        repairWholly(RepairOptions.NONE);
        assertWhole();
    }

    @Test
    void theSuperblockIsRestored() throws Exception {
        patient.device.write(0, ByteBuffer.wrap(Bytes.random(512, 3)));
        repairWholly(RepairOptions.NONE);
        assertWhole();
    }

    @Test
    void ofDoubtfulBitsNothingIsGuessed() throws Exception {
        patient.flip(Geometry.extentEntryOffset(extentOf(2)) + 30);
        byte[] before = patient.bytes(0, 100 << 20);
        RepairReport report = repair(RepairOptions.NONE);
        assertFalse(report.done());
        assertEquals(Verdict.DAMAGED, report.verdict());
        assertArrayEquals(before, patient.bytes(0, 100 << 20));
        repairWholly(FROM_MIRROR);
        assertWhole();
    }

    @Test
    void theDeviceIsRightIfTheOperatorSaysSo() throws Exception {
        long bits = Geometry.extentEntryOffset(extentOf(2)) + 30;
        patient.flip(bits);
        byte[] kept = patient.bytes(bits, 1);
        repairWholly(KEEP_DEVICE);
        assertArrayEquals(kept, patient.bytes(bits, 1));
        assertWhole(); // the bit is of a block that was never written
    }

    @Test
    void aBlockThatIsLostTwiceIsTakenAsItIsIfTheOperatorSaysSo() throws Exception {
        long name = Geometry.volumeEntryOffset(0) + 10 + 200; // behind the name
        patient.flip(name);
        patient.flip(mirror() + 4096 + name);
        assertEquals(Verdict.DAMAGED, repair(RepairOptions.NONE).verdict());
        Stores.assertFails(BackendError.CORRUPT, () -> Stores.open(patient.device).close());
        repairWholly(KEEP_DEVICE);
        assertWhole();
    }

    @Test
    void aCatalogueBlockIsDroppedAndTheVolumesGetDerivedIdentities() throws Exception {
        String before;
        try (BlockStore store = Stores.open(patient.device)) {
            before = store.volume("v").uuid().toString();
        }
        patient.destroyCatalogueBlock(0, 60);
        RepairReport report = repairWholly(RepairOptions.NONE);
        assertTrue(
                report.found().stream().anyMatch(each -> each.problem() == Problem.CATALOGUE_LOST));
        assertWhole();
        try (BlockStore store = Stores.open(patient.device)) {
            assertNotEquals(before, store.volume("v").uuid().toString());
            assertEquals("", store.volume("w").labels().getOrDefault("rack", ""));
            store.createSnapshot("v", "three"); // and the block is used again
        }
        assertEquals(List.of(), DeviceCheck.run(patient.device).findings());
    }

    @Test
    void orphansAreKeptUntilTheyAreGivenUp() throws Exception {
        int extent = extentOf(headOf(1));
        patient.withoutMirror();
        patient.put(Geometry.extentEntryOffset(extent), 2, 999);
        RepairReport kept = repair(RepairOptions.NONE);
        assertEquals(Verdict.DAMAGED, kept.verdict());
        assertEquals(Problem.ORPHANS, kept.remaining().getFirst().problem());
        assertEquals(extent, extentOf(999));
        repairWholly(FREE_ORPHANS);
        assertEquals(0, patient.bytes(Geometry.extentEntryOffset(extent), 1)[0]);
    }

    @Test
    void theLayersOfALostVolumeAreGivenUpWithTheOrphans() throws Exception {
        patient.withoutMirror();
        patient.put(Geometry.volumeEntryOffset(1), 2, 0);
        assertEquals(
                Problem.LOST_SNAPSHOT, repair(RepairOptions.NONE).remaining().getFirst().problem());
        repairWholly(FREE_ORPHANS);
        try (BlockStore store = Stores.open(patient.device)) {
            assertEquals(1, store.volumes().size());
        }
    }

    @Test
    void anExtentBeyondItsVolumeIsGivenUpWithTheOrphans() throws Exception {
        patient.withoutMirror();
        patient.put(Geometry.extentEntryOffset(extentOf(headOf(1))) + 2, 4, 77);
        assertEquals(
                Problem.BEYOND_END, repair(RepairOptions.NONE).remaining().getFirst().problem());
        repairWholly(FREE_ORPHANS);
    }

    @Test
    void ofTwoExtentsForOnePositionTheHiddenOneGoesIfTheOperatorSaysSo() throws Exception {
        patient.withoutMirror();
        int first = extentOf(1);
        patient.put(Geometry.extentEntryOffset(first) + 2, 4, 1);
        assertEquals(
                Problem.DUPLICATE, repair(RepairOptions.NONE).remaining().getFirst().problem());
        repairWholly(DROP);
        assertEquals(0, patient.bytes(Geometry.extentEntryOffset(first), 1)[0]);
    }

    @Test
    void reservedExtentsGetTheirEntriesBackAndKeepTheirContents() throws Exception {
        long entry = Geometry.extentEntryOffset(patient.reserved().catalogue().getFirst());
        patient.withoutMirror();
        patient.put(entry, 2, 0);
        assertEquals(Verdict.DAMAGED, repair(RepairOptions.NONE).verdict());
        repairWholly(DROP);
        patient.withoutMirror();
        patient.put(entry, 2, 1); // a snapshot of v claims it
        patient.put(entry + 2, 4, 3);
        RepairReport left = repair(FREE_ORPHANS);
        assertFalse(left.done());
        assertTrue(
                left.remaining().stream()
                        .anyMatch(each -> each.problem() == Problem.RESERVED_CLAIMED));
        repairWholly(DROP);
        assertWhole();
        try (BlockStore store = Stores.open(patient.device)) {
            assertEquals("7", store.volume("w").labels().get("rack"));
        }
    }

    @Test
    void aVolumeThatCannotBeServedIsGivenUpByNameAlone() throws Exception {
        patient.withoutMirror();
        patient.put(Geometry.volumeEntryOffset(1), 2, 5000);
        assertEquals(Verdict.DAMAGED, repair(FREE_ORPHANS).verdict());
        assertEquals(
                Verdict.DAMAGED,
                repair(new RepairOptions(Doubt.REFUSE, true, true, Set.of("v", "#0"))).verdict());
        repairWholly(new RepairOptions(Doubt.REFUSE, true, false, Set.of("w")));
        try (BlockStore store = Stores.open(patient.device)) {
            assertEquals(List.of("v"), store.volumes().stream().map(each -> each.name()).toList());
        }
    }

    @Test
    void aDeviceOfTheOriginalGetsNoJournalByARepair() throws Exception {
        MemoryBlockDevice device = SparseImage.load("damaged/d01-delsnap-merge");
        RepairReport report = DeviceRepair.run(device, FREE_ORPHANS, backup(), BootId.current());
        assertEquals(List.of(), report.remaining());
        byte[] version = new byte[4];
        device.read(8, ByteBuffer.wrap(version));
        assertArrayEquals(new byte[] {0, 0, 1, 0}, version);
        byte[] list = new byte[8];
        device.read(64, ByteBuffer.wrap(list));
        assertArrayEquals(new byte[8], list);
    }

    @Test
    void aBackupThatIsThereAlreadyIsNotOverwritten() throws Exception {
        patient.flip(Geometry.volumeEntryOffset(0) + 12);
        Path file = Files.writeString(backup(), "mine");
        byte[] before = patient.bytes(0, 2 << 20);
        Stores.assertFails(
                BackendError.ALREADY_EXISTS,
                () -> DeviceRepair.run(patient.device, RepairOptions.NONE, file, BootId.current()));
        assertEquals("mine", Files.readString(file));
        assertArrayEquals(before, patient.bytes(0, 2 << 20));
    }

    @Test
    void aRepairThatIsCutShortAtAnyWriteIsRepairedByTheNext() throws Exception {
        patient.withoutMirror();
        patient.put(Geometry.extentEntryOffset(extentOf(headOf(1))), 2, 999);
        patient.put(Geometry.extentEntryOffset(extentOf(1)) + 2, 4, 1);
        patient.destroyCatalogueBlock(0, 60);
        RepairOptions all = new RepairOptions(Doubt.KEEP_DEVICE, true, true, Set.of());
        byte[] sick = patient.bytes(0, 20 << 20);
        boolean whole = false;
        int cut = 0;
        for (; !whole; cut++) {
            patient.device.write(0, ByteBuffer.wrap(sick));
            FaultyDevice failing = new FaultyDevice(patient.device);
            int limit = cut;
            failing.failWrites(offset -> failing.writes() > limit, "Input/output error");
            try {
                DeviceRepair.run(failing, all, backup(), BootId.current());
                whole = true;
            } catch (BackendException e) {
                assertEquals(BackendError.FAILED, e.error(), e.getMessage());
            }
            RepairReport again = repair(all);
            assertEquals(
                    Verdict.CLEAN,
                    Verdict.of(again.remaining()),
                    "cut at write " + cut + ": " + again.remaining());
            try (BlockStore store = Stores.open(patient.device)) {
                assertArrayEquals(
                        Bytes.random(Patient.BLOCK, 2),
                        Bytes.read(store.openVolume("v"), 2 << 20, Patient.BLOCK));
            }
        }
        assertTrue(cut > 20, "only " + cut + " writes");
    }

    @Test
    void aPlanSeesWhatItWritesAndNothingElseDoes() throws Exception {
        BlockDevice overlay =
                new OverlayDevice(
                        patient.device,
                        new org.dbstore.backend.check.MetadataCapture(patient.device).run());
        byte[] before = patient.bytes(4000, 300);
        overlay.write(4090, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
        ByteBuffer read = ByteBuffer.allocate(300);
        overlay.read(4000, read);
        before[90] = 1;
        System.arraycopy(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0, before, 90, 10);
        assertArrayEquals(before, read.array());
        assertFalse(java.util.Arrays.equals(before, patient.bytes(4000, 300)));
        assertThrows(
                IOException.class, () -> overlay.read(100 << 20, ByteBuffer.allocateDirect(1)));
    }
}
