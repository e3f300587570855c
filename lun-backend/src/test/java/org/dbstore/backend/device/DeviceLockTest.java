package org.dbstore.backend.device;

import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Goal: a device has one owner, whoever else asks and whatever else is opened and closed. */
class DeviceLockTest {
    @TempDir private Path directory;
    private Path file = Path.of("");

    @BeforeEach
    void createFile() throws IOException {
        file = Files.write(directory.resolve("device"), new byte[4096]);
    }

    @Test
    void aSecondOwnerInTheSameProcessIsRefusedWithItsPid() throws Exception {
        try (AutoCloseable first = DeviceLock.acquire(file, false)) {
            BackendException e =
                    assertThrows(
                            BackendException.class, () -> DeviceLock.acquire(file, false).close());
            assertEquals(BackendError.BUSY, e.error(), first.toString());
            String pid = Long.toString(ProcessHandle.current().pid());
            assertTrue(String.valueOf(e.getMessage()).endsWith("process " + pid), e.getMessage());
        }
        DeviceLock.acquire(file, false).close();
    }

    @Test
    void aReaderIsRefusedTooWhileThereIsAWriter() throws Exception {
        try (AutoCloseable first = DeviceLock.acquire(file, false)) {
            assertFails(BackendError.BUSY, () -> DeviceLock.acquire(file, true).close());
            assertTrue(first instanceof DeviceLock);
        }
    }

    @Test
    void closingAnotherDescriptorOfTheFileDoesNotDropTheLock() throws Exception {
        try (AutoCloseable first = DeviceLock.acquire(file, false)) {
            try (InputStream in = Files.newInputStream(file)) {
                assertEquals(0, in.read());
            }
            assertFails(BackendError.BUSY, () -> DeviceLock.acquire(file, false).close());
            assertTrue(first instanceof DeviceLock);
        }
    }

    @Test
    void anotherProcessIsNamedByItsPid() throws Exception {
        Process owner =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LockHolder.class.getName(),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader output = owner.inputReader()) {
            assertEquals("locked", output.readLine());
            BackendException e =
                    assertThrows(
                            BackendException.class, () -> DeviceLock.acquire(file, false).close());
            assertEquals(BackendError.BUSY, e.error());
            assertTrue(
                    String.valueOf(e.getMessage()).endsWith("process " + owner.pid()),
                    e.getMessage());
        } finally {
            owner.destroyForcibly().waitFor();
        }
        DeviceLock.acquire(file, false).close(); // kill -9 leaves no lock behind
    }

    @Test
    void whatIsNotThereOrNoDeviceIsRefused() {
        assertFails(
                BackendError.NOT_FOUND,
                () -> DeviceLock.acquire(directory.resolve("none"), false).close());
        assertFails(BackendError.INVALID, () -> DeviceLock.acquire(directory, true).close());
    }

    /** A process that owns a device until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] arguments) throws Exception {
            try (AutoCloseable lock = DeviceLock.acquire(Path.of(arguments[0]), false)) {
                System.out.println("locked");
                System.out.flush();
                new java.util.concurrent.CountDownLatch(lock == null ? 0 : 1).await();
            }
        }
    }
}
