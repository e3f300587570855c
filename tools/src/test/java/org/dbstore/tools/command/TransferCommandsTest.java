package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Goal: contents come through export and import to the byte, and zeroes take no space. */
class TransferCommandsTest extends CommandTestBase {
    /**
     * 8 MiB with data at both ends, in the middle off every boundary, and zeroes written as data.
     */
    private static byte[] sample() {
        byte[] sample = new byte[8 * MIB];
        System.arraycopy(noise(1, 5000), 0, sample, 0, 5000);
        System.arraycopy(noise(2, MIB), 0, sample, 3 * MIB + 777, MIB);
        System.arraycopy(noise(3, 512), 0, sample, 8 * MIB - 512, 512);
        return sample;
    }

    @Test
    void anExportedFileIsEqualAndSparse() throws Exception {
        makeSample();
        Path file = directory.resolve("v.raw");
        var done = Json.object(dbsctl("volume", "export", "v", file.toString(), "-o", "json"));
        assertEquals(
                List.of("volume", "file", "sizeBytes", "storedBytes"), List.copyOf(done.keySet()));
        assertArrayEquals(sample(), Files.readAllBytes(file));
        // 2 blocks in front, 257 in the middle, 1 at the end.
        assertEquals(260L * 4096, done.get("storedBytes"));
        assertTrue(allocatedBytes(file) < 2 * MIB, "the file has holes");
        assertEquals(List.of(device, file), filesBesideEachOther());
    }

    @Test
    void aPipeGetsEveryByte() throws Exception {
        makeSample();
        var terminal = new CapturedTerminal();
        assertEquals(0, run(terminal, "volume", "export", "v", "-"));
        assertArrayEquals(sample(), terminal.printedBytes());
        assertEquals("", terminal.complained());
    }

    @Test
    void aSnapshotIsExportedAsItWas() throws Exception {
        makeSample();
        dbsctl("snapshot", "create", "v");
        write("v", 0, noise(9, 8 * MIB));
        var terminal = new CapturedTerminal();
        assertEquals(0, run(terminal, "volume", "export", "v@1", "-"));
        assertArrayEquals(sample(), terminal.printedBytes());
    }

    @Test
    void contentsAreNotPouredOntoATerminal() {
        dbsctl("volume", "create", "v", "1M");
        var terminal = new CapturedTerminal().answering();
        assertEquals(ExitCode.USAGE.number(), run(terminal, "volume", "export", "v", "-"));
        assertEquals("", terminal.printed());
    }

    @Test
    void anExistingFileIsReplacedOnlyIfConfirmed() throws Exception {
        makeSample();
        Path file = Files.writeString(directory.resolve("v.raw"), "precious");
        failing(ExitCode.EXISTS, "volume", "export", "v", file.toString());
        assertEquals("precious", Files.readString(file));
        failing(ExitCode.NOT_FOUND, "volume", "export", "v@7", file.toString(), "--yes");
        failing(ExitCode.NOT_FOUND, "volume", "export", "w", file.toString(), "--yes");
        assertEquals("precious", Files.readString(file));
        dbsctl("volume", "export", "v", file.toString(), "--yes");
        assertArrayEquals(sample(), Files.readAllBytes(file));
        failing(
                ExitCode.FAILED,
                "volume",
                "export",
                "v",
                directory.resolve("no/such/directory").toString());
    }

    @Test
    void anImportedVolumeIsEqualAndThin() throws Exception {
        Path file = Files.write(directory.resolve("v.raw"), sample());
        var done =
                Json.object(
                        dbsctl("volume", "import", "v", file.toString(), "--create", "-o", "json"));
        assertEquals(260L * 4096, done.get("storedBytes"));
        assertArrayEquals(sample(), contents("v"));
        var volume = Json.object(dbsctl("volume", "info", "v", "-o", "json"));
        assertEquals(8L * MIB, volume.get("sizeBytes"));
        assertEquals(260L * 4096, volume.get("mappedBytes"));
    }

    @Test
    void aVolumeSurvivesTheRoundTripThroughPipes() throws Exception {
        makeSample();
        var out = new CapturedTerminal();
        run(out, "volume", "export", "v", "-");
        var in = new CapturedTerminal().fedWith(out.printedBytes());
        assertEquals(0, run(in, "volume", "import", "w", "-", "--create", "--size", "10M"));
        assertArrayEquals(Arrays.copyOf(sample(), 10 * MIB), contents("w"));
    }

    @Test
    void anImportReplacesAllThatWasThere() throws Exception {
        dbsctl("volume", "create", "v", "8M");
        write("v", 0, noise(4, 8 * MIB));
        dbsctl("snapshot", "create", "v");
        byte[] input = new byte[2 * MIB + 100];
        System.arraycopy(noise(5, 100), 0, input, 2 * MIB, 100);
        Path file = Files.write(directory.resolve("v.raw"), input);
        failing(ExitCode.USAGE, "volume", "import", "v", file.toString());
        assertArrayEquals(noise(4, 8 * MIB), contents("v"));
        dbsctl("volume", "import", "v", file.toString(), "--yes");
        assertArrayEquals(Arrays.copyOf(input, 8 * MIB), contents("v"));
        var terminal = new CapturedTerminal();
        run(terminal, "volume", "export", "v@1", "-");
        assertArrayEquals(noise(4, 8 * MIB), terminal.printedBytes());
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingChanges() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        Path file = Files.write(directory.resolve("big.raw"), noise(6, MIB + 1));
        String before = dbsctl("volume", "list", "-o", "json");
        assertEquals(
                "dbsctl: "
                        + file
                        + " has 1048577 bytes, but v only 1048576; import it into a larger"
                        + " volume\n",
                failing(ExitCode.USAGE, "volume", "import", "v", file.toString()));
        failing(
                ExitCode.USAGE,
                "volume",
                "import",
                "w",
                file.toString(),
                "--create",
                "--size",
                "1M");
        failing(ExitCode.USAGE, "volume", "import", "v", file.toString(), "--size", "2M");
        failing(ExitCode.USAGE, "volume", "import", "w", "-", "--create");
        failing(ExitCode.EXISTS, "volume", "import", "v", file.toString(), "--create");
        failing(ExitCode.NOT_FOUND, "volume", "import", "w", file.toString());
        failing(ExitCode.FAILED, "volume", "import", "v", directory.resolve("none").toString());
        assertEquals(before, dbsctl("volume", "list", "-o", "json"));
    }

    @Test
    void aVolumeThatCouldNotBeFilledGoesAwayAgain() throws Exception {
        Path file = Files.write(directory.resolve("big.raw"), noise(7, 130 * MIB));
        failing(ExitCode.NO_SPACE, "volume", "import", "w", file.toString(), "--create");
        assertEquals(List.of(), Json.objects(dbsctl("volume", "list", "-o", "json")));
        assertEquals(0L, Json.object(dbsctl("device", "info", "-o", "json")).get("usedExtents"));
    }

    @Test
    void aBrokenImportIntoAVolumeSaysSo() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        var terminal = new CapturedTerminal().fedWith(noise(8, MIB + 1));
        assertEquals(ExitCode.USAGE.number(), run(terminal, "volume", "import", "v", "-"));
        assertEquals(
                """
                dbsctl: v holds a part of the input; import it again
                dbsctl: the input is larger than the 1048576 bytes of v; import it into a larger volume
                """,
                terminal.complained());
    }

    private void makeSample() throws Exception {
        dbsctl("volume", "create", "v", "8M");
        byte[] sample = sample();
        write("v", 0, Arrays.copyOf(sample, 2 * MIB));
        write("v", 3 * MIB, Arrays.copyOfRange(sample, 3 * MIB, 5 * MIB));
        write("v", 8 * MIB - 512, Arrays.copyOfRange(sample, 8 * MIB - 512, 8 * MIB));
    }

    private List<Path> filesBesideEachOther() throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static long allocatedBytes(Path file) throws IOException {
        var stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
        String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(blocks.strip()) * 512;
    }
}
