package org.dbstore.config.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The configuration of another target as ours.
 *
 * @param text YAML, without secrets
 * @param secretFiles secrets by the path, relative to the file with the text, at which the text
 *     expects each
 * @param notes what was not carried over and what is to be done, each with file and line
 */
public record Imported(String text, Map<String, String> secretFiles, List<String> notes) {
    /** Copies the collections. */
    public Imported {
        secretFiles = Map.copyOf(secretFiles);
        notes = List.copyOf(notes);
    }

    /**
     * Writes the configuration and the secrets beside it; these only their owner may read. Nothing
     * that is there is overwritten, and what was written goes again if the rest cannot be.
     *
     * @param output for the text
     * @throws IOException if a file exists or cannot be written
     */
    public void write(Path output) throws IOException {
        Path folder = Objects.requireNonNull(output.toAbsolutePath().getParent());
        Map<Path, String> files = new TreeMap<>();
        secretFiles.forEach((path, secret) -> files.put(folder.resolve(path), secret + "\n"));
        files.put(output.toAbsolutePath(), text);
        for (Path file : files.keySet()) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        List<Path> written = new ArrayList<>();
        boolean done = false;
        try {
            for (Map.Entry<Path, String> file : files.entrySet()) {
                create(file.getKey(), file.getValue(), written);
            }
            done = true;
        } finally {
            if (!done) {
                for (Path file : written) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static void create(Path file, String text, List<Path> written) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        var ownerOnly =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel =
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        ownerOnly)) {
            written.add(file);
            var bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    @Override
    public String toString() {
        return "Imported[" + notes.size() + " notes, " + secretFiles.size() + " secrets]";
    }
}
