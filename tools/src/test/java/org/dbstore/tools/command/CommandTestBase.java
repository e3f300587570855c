package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** A device of 128 MiB for each test, and the ways to command it and to look at it. */
abstract class CommandTestBase {
    static final int MIB = 1 << 20;

    @TempDir Path directory;
    Path device = Path.of("");

    @BeforeEach
    void makeDevice() throws BackendException {
        device = directory.resolve("main.dbs");
        BlockStore.initialize(device, 128 * MIB, false);
    }

    /** Runs a command on the device that has to succeed; returns what it printed. */
    String dbsctl(String... args) {
        CapturedTerminal terminal = new CapturedTerminal();
        int exitCode = run(terminal, args);
        assertEquals("", terminal.complained());
        assertEquals(ExitCode.OK.number(), exitCode);
        return terminal.printed();
    }

    /** Runs a command on the device that has to fail so; returns what it complained of. */
    String failing(ExitCode expected, String... args) {
        CapturedTerminal terminal = new CapturedTerminal();
        int exitCode = run(terminal, args);
        assertEquals("", terminal.printed());
        assertEquals(expected.number(), exitCode, terminal.complained());
        return terminal.complained();
    }

    int run(CapturedTerminal terminal, String... args) {
        terminal.variables.put("DBS_DEVICE", device.toString());
        terminal.variables.put("DBS_RUNTIME_DIR", directory.resolve("run").toString());
        return Dbsctl.run(terminal, args);
    }

    /** Every byte of the device, as a number to compare. */
    String deviceDigest() throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(device)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] noise(long seed, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    void write(String volumeName, long offset, byte[] bytes) throws BackendException {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            Volume volume = store.openVolume(volumeName);
            volume.write(offset, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
            volume.flush();
            store.release(volume);
        }
    }

    byte[] contents(String volumeName) throws BackendException {
        try (BlockStore store = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            Volume volume = store.openVolume(volumeName);
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) volume.sizeBytes());
            volume.read(0, buffer);
            store.release(volume);
            byte[] bytes = new byte[buffer.capacity()];
            buffer.get(0, bytes);
            return bytes;
        }
    }
}
