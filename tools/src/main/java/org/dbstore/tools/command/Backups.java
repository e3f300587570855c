package org.dbstore.tools.command;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Where metadata is kept before it is changed. */
final class Backups {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private Backups() {}

    /** Returns the file that was named, or one that is not there yet. */
    static Path file(Path device, @Nullable Path named) {
        if (named != null) {
            return named;
        }
        String name = "%s.%s.metadata".formatted(device.getFileName(), TIME.format(Instant.now()));
        Path beside = Files.isRegularFile(device) ? device.resolveSibling(name) : Path.of(name);
        Path file = beside;
        for (int i = 2; Files.exists(file); i++) {
            file = beside.resolveSibling(name + "." + i);
        }
        return file;
    }
}
