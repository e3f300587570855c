package org.dbstore.backend.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.check.CheckReport;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.backend.check.Patient;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Goal: a dump gives the metadata back, and never shows one volume's data in another unasked. */
class DeviceRestoreTest {
    @TempDir Path folder = Path.of("");
    private final Patient patient = new Patient();
    private int files;

    DeviceRestoreTest() throws BackendException {}

    private Path file() {
        return folder.resolve("file" + files++);
    }

    private MetadataDump dump() throws BackendException {
        Path file = file();
        DeviceDump.run(patient.device, file);
        return MetadataDump.read(file);
    }

    private RestorePlan restore(MetadataDump dump, boolean force) throws BackendException {
        return DeviceRestore.run(patient.device, dump, force, file(), BootId.current());
    }

    private void assertWhole() throws BackendException {
        try (BlockStore store = Stores.open(patient.device)) {
            Patient.assertWhole(store);
            assertEquals(List.of(), store.findings());
            assertEquals("7", store.volume("w").labels().get("rack"));
        }
    }

    /** The volume table and the mirror are zeroes. */
    private void wreck() throws IOException {
        long mirror = patient.geometry.extentOffset(patient.reserved().mirrors().getFirst());
        patient.device.write(mirror, ByteBuffer.allocate(1 << 20));
        patient.device.write(4096, ByteBuffer.allocate(64 << 10));
    }

    @Test
    void aDumpIsSmallAndSaysWhatTheDeviceSays() throws Exception {
        Path file = file();
        DeviceDump.run(patient.device, file);
        assertTrue(Files.size(file) < 100_000, Files.size(file) + " bytes");
        MetadataDump dump = MetadataDump.read(file);
        CheckReport report = DeviceCheck.run(dump.image());
        assertEquals(List.of(), report.findings());
        assertEquals(DeviceCheck.run(patient.device).deviceId(), report.deviceId());
        assertEquals(dump.device(), report.deviceId());
        assertEquals(100L << 20, dump.deviceBytes());
    }

    @Test
    void aDumpThatIsDamagedIsRefused() throws Exception {
        Path file = file();
        DeviceDump.run(patient.device, file);
        byte[] whole = Files.readAllBytes(file);
        String digest = MetadataDump.read(file).digest();
        int refused = 0;
        for (int at = 0; at < whole.length; at += 37) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            try {
                assertEquals(
                        digest,
                        MetadataDump.read(file)
                                .digest()); // nothing else is read: another distance to other
                // zeroes
            } catch (BackendException e) {
                assertEquals(BackendError.INVALID, e.error());
                refused++;
            }
        }
        assertTrue(refused > whole.length / 37 / 2, "only " + refused + " were refused");
        for (int length = 0; length < whole.length; length += 41) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            Stores.assertFails(BackendError.INVALID, () -> MetadataDump.read(file));
        }
        Stores.assertFails(BackendError.ALREADY_EXISTS, () -> DeviceDump.run(patient.device, file));
        Stores.assertFails(
                BackendError.NOT_A_STORE,
                () -> DeviceDump.run(new MemoryBlockDevice("zeroes", 100 << 20), file()));
    }

    @Test
    void intentsOfALaterSessionDoNotOutliveTheRestore() throws Exception {
        MetadataDump before = dump();
        long log = patient.geometry.extentOffset(patient.reserved().intents().getFirst());
        patient.device.write(log, ByteBuffer.wrap(Bytes.random(64, 1)));
        wreck();
        assertTrue(restore(before, true).done());
        assertArrayEquals(new byte[64], patient.bytes(log, 64));
    }

    @Test
    void whatHasNotChangedIsNotRestored() throws Exception {
        RestorePlan plan = restore(dump(), false);
        assertFalse(plan.done());
        assertEquals(Verdict.CLEAN, plan.verdict());
    }

    @Test
    void wreckedTablesComeBackWithTheData() throws Exception {
        MetadataDump dump = dump();
        wreck();
        Stores.assertFails(BackendError.CORRUPT, () -> Stores.open(patient.device).close());
        byte[] wrecked = patient.bytes(0, 1 << 20);
        RestorePlan plan = DeviceRestore.plan(patient.device, dump, BootId.current());
        assertArrayEquals(wrecked, patient.bytes(0, 1 << 20), "a plan changes nothing");
        assertTrue(plan.danger().isEmpty(), plan.danger().toString());
        assertTrue(
                plan.changes().stream()
                        .anyMatch(each ->
                                each.object().equals("volume slot #0")
                                        && each.from().equals("free")),
                plan.changes().toString());
        RestorePlan done = restore(dump, false);
        assertTrue(done.done());
        assertEquals(Verdict.REPAIRABLE, done.verdict(), done.remaining().toString());
        assertWhole();
    }

    @Test
    void aDumpOfADeviceInUseIsOfOneMoment() throws Exception {
        MetadataDump dump;
        try (BlockStore store = Stores.open(patient.device)) {
            Volume w = store.openVolume("w");
            Bytes.write(w, 1 << 20, Bytes.random(Patient.BLOCK, 30));
            w.flush();
            dump = dump();
            store.release(w);
        }
        assertEquals(Verdict.CLEAN, DeviceCheck.run(dump.image()).verdict());
        wreck();
        restore(dump, true);
        assertEquals(Verdict.CLEAN, DeviceCheck.run(patient.device).verdict());
        try (BlockStore store = Stores.open(patient.device)) {
            Patient.assertWhole(store);
            assertArrayEquals(
                    Bytes.random(Patient.BLOCK, 30),
                    Bytes.read(store.openVolume("w"), 1 << 20, Patient.BLOCK));
        }
    }

    @Test
    void extentsThatAreOthersNowNeedForce() throws Exception {
        MetadataDump dump = dump();
        try (BlockStore store = Stores.open(patient.device)) {
            store.deleteVolume("w");
            store.createVolume("x", 2 << 20);
            Bytes.write(store.openVolume("x"), 0, Bytes.random(Patient.BLOCK, 40));
        }
        byte[] before = patient.bytes(0, 100 << 20);
        Stores.assertFails(BackendError.CORRUPT, () -> restore(dump, false));
        assertArrayEquals(before, patient.bytes(0, 100 << 20));
        RestorePlan plan = DeviceRestore.plan(patient.device, dump, BootId.current());
        assertTrue(plan.danger().orElseThrow().contains("data of others"), plan.toString());
        assertEquals(1, plan.lostExtents());
        assertTrue(restore(dump, true).done());
    }

    @Test
    void whatOnlyCameIntoUseIsLostButNoDanger() throws Exception {
        MetadataDump dump = dump();
        try (BlockStore store = Stores.open(patient.device)) {
            store.createVolume("x", 2 << 20);
            Bytes.write(store.openVolume("x"), 0, Bytes.random(Patient.BLOCK, 40));
        }
        RestorePlan plan = restore(dump, false);
        assertTrue(plan.done());
        assertTrue(plan.danger().isEmpty());
        assertEquals(1, plan.lostExtents());
        assertWhole();
    }

    @Test
    void theDumpOfAnotherDeviceIsRefused() throws Exception {
        MetadataDump other;
        Path file = file();
        DeviceDump.run(new Patient().device, file);
        other = MetadataDump.read(file);
        Stores.assertFails(BackendError.INVALID, () -> restore(other, true));
        MemoryBlockDevice larger = new MemoryBlockDevice("larger", 101 << 20);
        BlockStore.initialize(larger);
        MetadataDump dump = dump();
        Stores.assertFails(
                BackendError.INVALID,
                () -> DeviceRestore.run(larger, dump, true, file(), BootId.current()));
    }

    @Test
    void aRestoreThatIsCutShortIsRefusedByAllButTheNextRestore() throws Exception {
        MetadataDump dump = dump();
        wreck();
        byte[] wrecked = patient.bytes(0, 20 << 20);
        boolean whole = false;
        int cut = 0;
        for (; !whole; cut++) {
            patient.device.write(0, ByteBuffer.wrap(wrecked));
            FaultyDevice failing = new FaultyDevice(patient.device);
            int limit = cut;
            failing.failWrites(offset -> failing.writes() > limit, "Input/output error");
            try {
                DeviceRestore.run(failing, dump, false, file(), BootId.current());
                whole = true;
            } catch (BackendException e) {
                assertEquals(BackendError.FAILED, e.error(), e.getMessage());
                Stores.assertFails(BackendError.CORRUPT, () -> Stores.open(patient.device).close());
                assertTrue(restore(dump, false).done());
            }
            assertWhole();
        }
        assertTrue(cut > 3, "only " + cut + " writes");
    }
}
