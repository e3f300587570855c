package org.dbstore.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Goal: the audit log loses no line, also while its file is rotated. */
class AuditFileTest {
    @TempDir Path folder;

    private AuditFile open(Path path) throws IOException {
        AuditFile file =
                new AuditFile(
                        "audit", path, PatternLayout.newBuilder().withPattern("%m%n").build());
        file.start();
        return file;
    }

    private static void write(AuditFile file, String line) {
        file.append(Log4jLogEvent.newBuilder().setMessage(new SimpleMessage(line)).build());
    }

    @Test
    void linesAreAppendedToWhatIsThere() throws IOException {
        Path path = Files.writeString(folder.resolve("audit.log"), "before\n");
        AuditFile file = open(path);
        write(file, "one");
        assertEquals(List.of("before", "one"), Files.readAllLines(path));
        file.stop();
    }

    @Test
    void afterARenameItGoesOnInTheOldFileUntilItIsOpenedAnew() throws IOException {
        Path path = folder.resolve("audit.log");
        Path rotated = folder.resolve("audit.log.1");
        AuditFile file = open(path);
        write(file, "one");
        Files.move(path, rotated);
        write(file, "two");
        file.reopen();
        write(file, "three");
        file.stop();
        assertEquals(List.of("one", "two"), Files.readAllLines(rotated));
        assertEquals(List.of("three"), Files.readAllLines(path));
    }

    @Test
    void ifItCannotBeOpenedAnewTheOldFileGoesOn() throws IOException {
        Path path = folder.resolve("audit.log");
        Path rotated = folder.resolve("audit.log.1");
        AuditFile file = open(path);
        Files.move(path, rotated);
        Files.createDirectory(path);
        assertThrows(IOException.class, file::reopen);
        write(file, "one");
        file.stop();
        assertEquals(List.of("one"), Files.readAllLines(rotated));
    }
}
