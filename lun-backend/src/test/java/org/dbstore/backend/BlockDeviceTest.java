package org.dbstore.backend;

import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Goal: a block device (here a loop device, which root alone can make) serves as a file does. */
class BlockDeviceTest {
    private static final long SIZE = 100L << 20;

    @TempDir private Path directory;
    private String device = "";

    @BeforeEach
    void attach() throws IOException, InterruptedException {
        Path file = directory.resolve("backing");
        try (RandomAccessFile backing = new RandomAccessFile(file.toFile(), "rw")) {
            backing.setLength(SIZE);
        }
        device = run("losetup", "--find", "--show", file.toString());
        assumeTrue(device.startsWith("/dev/"), "no loop devices here");
    }

    @AfterEach
    void detach() throws IOException, InterruptedException {
        if (!device.isEmpty()) {
            run("losetup", "--detach", device);
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            return ""; // no such command here
        }
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            process.waitFor();
            return line == null ? "" : line;
        }
    }

    @ParameterizedTest
    @EnumSource(OpenOptions.Io.class)
    void dataSurvivesReopening(OpenOptions.Io io) throws Exception {
        Path path = Path.of(device);
        BlockStore.initialize(path, 0, false);
        byte[] data = Bytes.random(3_000_000, 1);
        try (BlockStore store = BlockStore.open(path, new OpenOptions(io, false))) {
            assertEquals(SIZE, store.info().sizeBytes());
            store.createVolume("v", 8 << 20);
            Volume v = store.openVolume("v");
            Bytes.write(v, 1001, data);
            int frozen = store.createSnapshot("v");
            v.unmap(0, 8 << 20);
            store.deleteSnapshot(frozen);
            Bytes.write(v, 2002, data);
        }
        try (BlockStore store = BlockStore.open(path, new OpenOptions(io, true))) {
            Volume v = store.openVolume("v");
            assertArrayEquals(data, Bytes.read(v, 2002, data.length));
        }
    }

    @Test
    void aSecondOwnerIsRefused() throws Exception {
        Path path = Path.of(device);
        BlockStore.initialize(path, SIZE, false);
        assertFails(BackendError.INVALID, () -> BlockStore.initialize(path, 2 * SIZE, true));
        try (BlockStore store = BlockStore.open(path, OpenOptions.DEFAULT)) {
            assertFails(
                    BackendError.BUSY, () -> BlockStore.open(path, OpenOptions.DEFAULT).close());
            assertEquals(0, store.info().volumeCount());
        }
    }
}
