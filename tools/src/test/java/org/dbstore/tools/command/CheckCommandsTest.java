package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Goal: the check says what is wrong to people, to programs and to the shell. */
class CheckCommandsTest extends CommandTestBase {
    /** Changes a bit of the device. */
    void flip(long offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
            file.seek(offset);
            int value = file.read();
            file.seek(offset);
            file.write(value ^ 0x10);
        }
    }

    @Test
    void aCleanDeviceEndsWith0() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        String before = deviceDigest();
        assertEquals(device + " is clean" + System.lineSeparator(), dbsctl("device", "check"));
        assertEquals(before, deviceDigest());
        assertEquals(dbsctl("device", "check"), dbsctl("device", "check", "--direct"));
    }

    @Test
    void whatTheMirrorHasEndsWith1() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        flip(4096 + 12);
        String before = deviceDigest();
        CapturedTerminal terminal = new CapturedTerminal();
        assertEquals(1, run(terminal, "device", "check"));
        String printed = terminal.printed();
        assertTrue(printed.startsWith(device + " should be repaired; no data is lost\n"), printed);
        assertTrue(printed.contains("\nwarning  1 blocks of metadata"), printed);
        assertTrue(printed.contains("at byte 4096, block 1\n"), printed);
        assertTrue(printed.contains("do: 'dbsctl device repair'"), printed);
        assertEquals(before, deviceDigest());
    }

    @Test
    void damageEndsWith2AndProgramsSeeEachFinding() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        write("v", 0, noise(1, 4096));
        flip(729088 + 6 * 38 + 20); // a bit of the first extent that is not reserved
        CapturedTerminal terminal = new CapturedTerminal();
        assertEquals(2, run(terminal, "device", "check", "-o", "json"));
        Map<String, @Nullable Object> report = Json.object(terminal.printed());
        assertEquals("damaged", report.get("verdict"));
        assertEquals(false, report.get("open"));
        List<Map<String, @Nullable Object>> findings = findings(report);
        Map<String, @Nullable Object> first = findings.getFirst();
        assertEquals("damage", first.get("severity"));
        assertEquals("doubtful", first.get("problem"));
        assertEquals("block 178", first.get("object"));
        assertEquals("729088", first.get("offset") + "");
        assertTrue((first.get("remedy") + "").contains("--from-mirror"), first.toString());
        assertTrue(
                findings.stream()
                        .anyMatch(each ->
                                each.get("offset") == null
                                        && "volume v".equals(each.get("object"))));
        assertNull(findings.getLast().get("block"));
    }

    @SuppressWarnings("unchecked") // the cast fails if it is something else
    static List<Map<String, @Nullable Object>> findings(Map<String, @Nullable Object> report) {
        return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(report.get("findings"));
    }

    @Test
    void aDeviceInUseCanBeChecked() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        try (BlockStore holder = BlockStore.open(device, OpenOptions.DEFAULT)) {
            holder.createSnapshot("v");
            String printed = dbsctl("device", "check");
            assertTrue(printed.startsWith(device + " is clean\ninfo     the device was"), printed);
        }
    }

    @Test
    void whatCannotBeCheckedEndsAsElsewhere() throws Exception {
        Files.write(device, noise(7, 128 * MIB));
        failing(ExitCode.DAMAGED, "device", "check");
        failing(ExitCode.NOT_FOUND, "device", "check", "-d", "none.dbs");
        failing(ExitCode.USAGE, "device", "check", "surplus");
    }

    @Test
    void whatAnInterruptionLeftIsARemarkOfTheDevice() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        byte[] open;
        try (BlockStore holder = BlockStore.open(device, OpenOptions.DEFAULT)) {
            holder.createSnapshot("v");
            open = Files.readAllBytes(device);
        }
        Files.write(device, open);
        Map<String, @Nullable Object> info = Json.object(dbsctl("device", "info", "-o", "json"));
        assertEquals(List.of(), info.get("findings"));
        assertTrue((info.get("remarks") + "").contains("journal up to record"), info.toString());
    }
}
