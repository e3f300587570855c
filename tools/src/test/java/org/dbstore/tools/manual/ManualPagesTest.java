package org.dbstore.tools.manual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Goal: each command has a manual page that man(1) can read and that says what its help says. */
class ManualPagesTest {
    @TempDir Path folder;

    @BeforeEach
    void print() throws IOException {
        ManualPages.main(new String[] {folder.toString()});
    }

    @Test
    void commandsNounsVerbsAndTheServerHavePages() {
        for (String page :
                List.of("dbsctl.1", "dbsctl-volume.1", "dbsctl-volume-create.1", "dbsd.8")) {
            assertTrue(Files.exists(folder.resolve(page)), page);
        }
        assertTrue(Files.notExists(folder.resolve("dbsctl-__complete.1")));
    }

    @Test
    void aPageHasTheSectionsOfAManual() throws IOException {
        String page = Files.readString(folder.resolve("dbsctl-volume-delete.1"));
        assertTrue(page.startsWith(".TH \"DBSCTL\\-VOLUME\\-DELETE\" 1 "), page);
        for (String section :
                List.of(
                        "NAME\ndbsctl\\-volume\\-delete \\- Delete a volume and all its snapshots",
                        "SYNOPSIS\n",
                        "DESCRIPTION\n",
                        "OPTIONS\n",
                        "EXIT STATUS\n",
                        "EXAMPLES\n",
                        "SEE ALSO\n")) {
            assertTrue(page.contains(".SH " + section), section + " is missing in " + page);
        }
        assertTrue(page.contains("\\fB\\-\\-dry\\-run\\fR\n"), page);
    }

    @Test
    void noLineBeginsWithWhatRoffTakesForACommandOfItsOwn() throws IOException {
        List<String> macros = List.of("TH", "SH", "TP", "nf", "fi");
        try (Stream<Path> pages = Files.list(folder)) {
            for (Path page : pages.toList()) {
                for (String line : Files.readAllLines(page)) {
                    boolean command = line.startsWith(".") || line.startsWith("'");
                    if (command) {
                        assertTrue(
                                macros.contains(line.substring(1).split(" ", -1)[0]),
                                page + ": " + line);
                    }
                    assertEquals(-1, line.indexOf("%n"), page + ": " + line);
                }
            }
        }
    }
}
