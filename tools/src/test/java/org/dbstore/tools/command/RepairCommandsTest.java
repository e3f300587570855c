package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Goal: nothing changes unasked, what is to change is said, and there is a way back. */
class RepairCommandsTest extends CommandTestBase {
    /** Of the first extent that is not reserved. */
    private static final long BITS = 729088 + 6 * 38 + 20;

    @BeforeEach
    void makeVolume() throws BackendException {
        dbsctl("volume", "create", "v", "2M");
        write("v", 0, noise(1, 8192));
    }

    private void flip(long offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
            file.seek(offset);
            int value = file.read();
            file.seek(offset);
            file.write(value ^ 0x10);
        }
    }

    private void wreck() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
            file.seek(4096);
            file.write(new byte[64 << 10]);
            file.seek(2 << 20); // the first mirror
            file.write(new byte[1 << 20]);
        }
    }

    /** Runs a command that ends with a verdict; returns what it printed. */
    private String verdict(int expected, String... args) {
        CapturedTerminal terminal = new CapturedTerminal();
        int exitCode = run(terminal, args);
        assertEquals("", terminal.complained());
        assertEquals(expected, exitCode, terminal.printed());
        return terminal.printed();
    }

    private List<Path> backups() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".metadata")).toList();
        }
    }

    private void assertWhole() throws BackendException {
        assertArrayEquals(noise(1, 8192), Arrays.copyOf(contents("v"), 8192));
    }

    @Test
    void repairOfACleanDeviceEndsWith0() throws Exception {
        String before = deviceDigest();
        assertEquals(device + " is clean\n", verdict(0, "device", "repair", "--yes"));
        assertEquals(before, deviceDigest());
        assertEquals(List.of(), backups());
    }

    @Test
    void repairSaysWhatItWouldDoAndDoesItWhenTold() throws Exception {
        flip(4096 + 10); // the name of v
        String before = deviceDigest();
        String plan = verdict(1, "device", "repair");
        assertTrue(plan.contains("\nTo be changed:\n"), plan);
        assertTrue(plan.contains("\n  volume slot #0 (block 1): \""), plan);
        assertTrue(plan.contains(" -> \"v\", 2097152 bytes, head 1"), plan);
        assertTrue(plan.endsWith("\nNothing was changed; --yes does it\n"), plan);
        assertEquals(before, deviceDigest());
        assertEquals(List.of(), backups());

        String done = verdict(1, "device", "repair", "--yes");
        assertTrue(done.contains("\nThe metadata as it was: " + backups().getFirst()), done);
        assertTrue(done.endsWith("\n" + device + " is clean\n"), done);
        verdict(0, "device", "check");
        assertWhole();
    }

    @Test
    void whatTheDeviceDoesNotDecideIsLeftAloneUntilTheOperatorDoes() throws Exception {
        flip(BITS);
        String before = deviceDigest();
        String refused = verdict(2, "device", "repair", "--yes");
        assertTrue(refused.contains("'dbsctl device repair --from-mirror'"), refused);
        assertEquals(before, deviceDigest());
        String complaint = failing(ExitCode.DAMAGED, "volume", "create", "w", "1M");
        assertTrue(complaint.contains("'dbsctl device check'"), complaint);
        failing(ExitCode.USAGE, "device", "repair", "--from-mirror", "--keep-device");
        verdict(1, "device", "repair", "--from-mirror", "--yes");
        verdict(0, "device", "check");
        assertWhole();
    }

    @Test
    void programsSeeEachChange() throws Exception {
        flip(4096 + 10);
        Path kept = directory.resolve("kept");
        String printed =
                verdict(1, "device", "repair", "--yes", "--backup", kept.toString(), "-o", "json");
        Map<String, @Nullable Object> report = Json.object(printed);
        assertEquals("repairable", report.get("verdict"));
        assertEquals(true, report.get("done"));
        assertEquals(kept.toString(), report.get("backup"));
        assertEquals(List.of(), report.get("remaining"));
        assertTrue((report.get("changes") + "").contains("object=volume slot #0, offset=4096"));
        assertTrue((report.get("found") + "").contains("problem=mirror-taken"));
        verdict(2, "device", "restore", kept.toString()); // it is damaged, and can be had back
    }

    @Test
    void repairOfADeviceInUseNamesItsHolder() throws Exception {
        flip(4096 + 10);
        try (BlockStore holder = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            assertFalse(holder.isFailed());
            for (String[] command :
                    List.of(
                            new String[] {"device", "repair"},
                            new String[] {"device", "repair", "--yes"})) {
                String complaint = failing(ExitCode.BUSY, command);
                assertTrue(complaint.contains(ProcessHandle.current().pid() + ""), complaint);
            }
        }
    }

    @Test
    void aDumpOfADeviceInUseRestoresItAfterADisaster() throws Exception {
        Path dump = directory.resolve("main.metadata");
        dbsctl("device", "dump", dump.toString());
        assertTrue(Files.size(dump) < 100_000);
        failing(ExitCode.EXISTS, "device", "dump", dump.toString());
        assertEquals(0, run(new CapturedTerminal(), "device", "restore", dump.toString()));
        wreck();
        failing(ExitCode.DAMAGED, "volume", "list");
        String before = deviceDigest();
        String plan = verdict(1, "device", "restore", dump.toString());
        assertTrue(plan.contains("volume slot #0 (block 1): free -> \"v\""), plan);
        assertTrue(plan.endsWith("\nNothing was changed; --yes does it\n"), plan);
        assertEquals(before, deviceDigest());
        verdict(1, "device", "restore", dump.toString(), "--yes");
        verdict(0, "device", "check");
        assertWhole();
        try (BlockStore holder = BlockStore.open(device, OpenOptions.DEFAULT)) {
            holder.createSnapshot("v");
            dbsctl("device", "dump", directory.resolve("second").toString());
        }
    }

    @Test
    void aRestoreThatMayShowForeignDataNeedsForce() throws Exception {
        Path dump = directory.resolve("dump");
        dbsctl("device", "dump", dump.toString());
        dbsctl("volume", "delete", "v", "--yes");
        dbsctl("volume", "create", "x", "1M");
        write("x", 0, noise(2, 4096));
        String plan = verdict(1, "device", "restore", dump.toString());
        assertTrue(plan.contains("\nDANGER: 1 extents"), plan);
        String before = deviceDigest();
        String complaint = failing(ExitCode.DAMAGED, "device", "restore", dump + "", "--yes");
        assertTrue(complaint.endsWith("; --force does it all the same\n"), complaint);
        assertEquals(before, deviceDigest());
        verdict(1, "device", "restore", dump.toString(), "--yes", "--force");
        verdict(0, "device", "check");
    }

    @Test
    void whatIsNoDumpOrAnothersIsRefused() throws Exception {
        Path other = directory.resolve("other.dbs");
        BlockStore.initialize(other, 128 * MIB, false);
        Path dump = directory.resolve("dump");
        dbsctl("device", "dump", dump.toString(), "-d", other.toString());
        String complaint = failing(ExitCode.USAGE, "device", "restore", dump.toString());
        assertTrue(complaint.contains("the dump is of the device"), complaint);
        Files.write(dump, noise(3, 5000));
        failing(ExitCode.USAGE, "device", "restore", dump.toString());
        failing(ExitCode.NOT_FOUND, "device", "restore", "none");
    }
}
