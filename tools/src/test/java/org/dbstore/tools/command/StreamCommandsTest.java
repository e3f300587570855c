package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Goal: snapshots travel by files and pipes, and an interruption costs nothing. */
class StreamCommandsTest extends CommandTestBase {
    private byte[] first = {};
    private byte[] second = {};
    private Path full = Path.of("");
    private Path increment = Path.of("");

    @BeforeEach
    void makeSnapshots() throws Exception {
        full = directory.resolve("full");
        increment = directory.resolve("increment");
        dbsctl("volume", "create", "v", "4M");
        write("v", 5000, noise(1, MIB));
        first = contents("v");
        dbsctl("snapshot", "create", "v");
        write("v", 3 * MIB, noise(2, 8192));
        second = contents("v");
        dbsctl("snapshot", "create", "v");
    }

    private void exportBoth() {
        dbsctl("snapshot", "export", "v@1", full.toString());
        dbsctl("snapshot", "export", "v@2", increment.toString(), "--from", "v@1");
    }

    @Test
    void aDiffListsWhatChanged() throws Exception {
        List<Map<String, Object>> expected =
                List.of(Map.of("offset", 3L * MIB, "length", 8192L, "kind", "data"));
        assertEquals(
                expected, Json.objects(dbsctl("snapshot", "diff", "v@1", "v@2", "-o", "json")));
        assertEquals(expected, Json.objects(dbsctl("snapshot", "diff", "v@1", "v", "-o", "json")));
        assertEquals(List.of(), Json.objects(dbsctl("snapshot", "diff", "v@2", "v", "-o", "json")));
        assertEquals(
                List.of(
                        Map.of("offset", 4096L, "length", MIB + 4096L, "kind", "data"),
                        Map.of("offset", 3L * MIB, "length", 8192L, "kind", "data")),
                Json.objects(dbsctl("snapshot", "diff", "v@2", "-o", "json")));
        failing(ExitCode.NOT_FOUND, "snapshot", "diff", "v@1", "v@9");
    }

    @Test
    void aFullStreamAndAnIncrementMakeTheSameVolume() throws Exception {
        exportBoth();
        var done = Json.object(dbsctl("snapshot", "import", "w", full.toString(), "-o", "json"));
        assertEquals(List.of("snapshot", "file", "sizeBytes", "storedBytes"), keys(done));
        assertEquals(MIB + 4096L, done.get("storedBytes"));
        assertArrayEquals(first, contents("w"));
        dbsctl("snapshot", "import", "w", increment.toString());
        assertArrayEquals(second, contents("w"));
        assertTrue(Files.size(increment) < 10_000);
        assertFalse(Files.exists(Path.of(full + ".partial")));
    }

    private static List<String> keys(Map<String, ?> object) {
        return List.copyOf(object.keySet());
    }

    @Test
    void streamsGoThroughPipes() throws Exception {
        var out = new CapturedTerminal();
        assertEquals(0, run(out, "snapshot", "export", "v@2", "-"));
        var in = new CapturedTerminal().fedWith(out.printedBytes());
        assertEquals(0, run(in, "snapshot", "import", "w", "-"), in.complained());
        assertArrayEquals(second, contents("w"));
        var terminal = new CapturedTerminal().answering();
        assertEquals(ExitCode.USAGE.number(), run(terminal, "snapshot", "export", "v@2", "-"));
    }

    @Test
    void aBrokenImportSaysWhatToDoAndGoesOnByFileOrToken() throws Exception {
        exportBoth();
        byte[] stream = Files.readAllBytes(full);
        Path broken =
                Files.write(directory.resolve("broken"), Arrays.copyOf(stream, stream.length - 9));
        assertEquals(
                """
                dbsctl: w holds a part of a stream: --resume goes on with it, 'dbsctl snapshot import-discard' undoes it
                dbsctl: the stream ends too early; check where the data comes from and goes to
                """,
                failing(ExitCode.FAILED, "snapshot", "import", "w", broken.toString()));
        failing(ExitCode.BUSY, "volume", "export", "w", "-");
        String token = dbsctl("snapshot", "import-token", "w").strip();
        Path rest = directory.resolve("rest");
        dbsctl("snapshot", "export", "v@1", rest.toString(), "--resume-at", token);
        assertTrue(Files.size(rest) < 2000, "only the end was left");
        dbsctl("snapshot", "import", "w", rest.toString(), "--resume");
        assertArrayEquals(first, contents("w"));
        failing(ExitCode.NOT_FOUND, "snapshot", "import-token", "w");
        failing(ExitCode.USAGE, "snapshot", "import", "w", full.toString(), "--resume");
        failing(ExitCode.USAGE, "snapshot", "export", "v@1", "-", "--resume-at", "nonsense");
    }

    @Test
    void aBrokenImportCanBeDiscarded() throws Exception {
        exportBoth();
        dbsctl("snapshot", "import", "w", full.toString());
        byte[] stream = Files.readAllBytes(increment);
        Path broken =
                Files.write(directory.resolve("broken"), Arrays.copyOf(stream, stream.length - 9));
        failing(ExitCode.FAILED, "snapshot", "import", "w", broken.toString());
        failing(ExitCode.USAGE, "snapshot", "import-discard", "w");
        dbsctl("snapshot", "import-discard", "w", "--yes");
        assertArrayEquals(first, contents("w"));
        dbsctl("snapshot", "import", "w", increment.toString());
        assertArrayEquals(second, contents("w"));
    }

    @Test
    void anInterruptedExportGoesOnAsIfNothingHadBeen() throws Exception {
        exportBoth();
        byte[] stream = Files.readAllBytes(full);
        Path again = directory.resolve("again");
        Path partial = directory.resolve("again.partial");
        for (int length : List.of(1024, 1100, stream.length - 70, stream.length)) {
            Files.write(partial, Arrays.copyOf(stream, length));
            dbsctl("snapshot", "export", "v@1", again.toString(), "--resume");
            assertArrayEquals(stream, Files.readAllBytes(again), "broken off at " + length);
            Files.delete(again);
        }
        Files.write(partial, Files.readAllBytes(increment));
        Files.write(partial, Arrays.copyOf(Files.readAllBytes(increment), 1100));
        failing(ExitCode.FAILED, "snapshot", "export", "v@1", again.toString(), "--resume");
        assertEquals(1100, Files.size(partial), "what was there is not lost");
    }

    @Test
    void whatCanStillChangeIsNoStream() {
        failing(ExitCode.USAGE, "snapshot", "export", "v", full.toString());
        failing(ExitCode.USAGE, "snapshot", "export", "v@1", full.toString(), "--from", "v");
        failing(ExitCode.NOT_FOUND, "snapshot", "export", "v@9", full.toString());
    }

    @Test
    void qemuImgReadsARawExport() throws Exception {
        assumeTrue(isInstalled("qemu-img"), "SKIPPED: qemu-img is not installed");
        Path raw = directory.resolve("v.raw");
        Path qcow2 = directory.resolve("v.qcow2");
        Path back = directory.resolve("back.raw");
        dbsctl("volume", "export", "v@2", raw.toString());
        shell("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw + "", qcow2 + "");
        shell("qemu-img", "convert", "-f", "qcow2", "-O", "raw", qcow2 + "", back + "");
        assertArrayEquals(second, Files.readAllBytes(back));
    }

    private static boolean isInstalled(String command) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static void shell(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
