package org.dbstore.server.admin;

import org.dbstore.server.admin.api.RuntimeDirectory;
import org.dbstore.server.admin.api.RuntimeFile;
import org.dbstore.server.admin.json.Json;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file by which clients of the same user find this server; in a place of the system's, root
 * too.
 */
final class RuntimeFiles {
    private final Path directory;
    private final Path file;

    /** Names it; {@code directory} need not be there. */
    RuntimeFiles(Path directory) {
        this.directory = directory;
        this.file = directory.resolve(ProcessHandle.current().pid() + ".json");
    }

    /**
     * Writes it, or writes it anew: readers see the old one or the new one.
     *
     * @throws IOException if that cannot be; the message says why
     */
    void write(RuntimeFile contents) throws IOException {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            checkOwner();
            Path fresh =
                    Files.createTempFile(
                            directory,
                            "new",
                            "",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.write(fresh, Json.bytes(contents));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException(
                    "the admin API cannot say in %s how it is reached: %s; set admin.runtime-dir"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    /** In a place that belongs to somebody else the token would not be safe. */
    private void checkOwner() throws IOException {
        long owner = RuntimeDirectory.owner(directory).orElse(-1L);
        if (owner != RuntimeDirectory.userId() && owner != 0) {
            throw new IOException("it belongs to user " + owner);
        }
    }

    /** Deletes what servers left that are no more. */
    void deleteStale() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[1-9]*.json")) {
            for (Path old : files) {
                String pid = old.getFileName().toString().replace(".json", "");
                if (pid.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
