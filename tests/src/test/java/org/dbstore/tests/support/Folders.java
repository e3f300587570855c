package org.dbstore.tests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Folders of their own for programs that are no JUnit tests. */
public final class Folders {
    private Folders() {}

    /** Creates one below {@code parent}, or where temporary files go. */
    public static Path create(Optional<String> parent, String prefix) throws IOException {
        if (parent.isEmpty()) {
            return Files.createTempDirectory(prefix + ".");
        }
        Path folder = Files.createDirectories(Path.of(parent.get()).toAbsolutePath());
        return Files.createTempDirectory(folder, prefix + ".");
    }

    /** Deletes one with all that is in it. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
