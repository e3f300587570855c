package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** Goal: the command explains itself, and its document agrees with it. */
class HelpTest extends CommandTestBase {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "device init",
                "device info",
                "device space",
                "device check",
                "device repair",
                "device dump",
                "device restore",
                "device vacuum",
                "volume list",
                "volume info",
                "volume space",
                "volume create",
                "volume rename",
                "volume label",
                "volume resize",
                "volume rollback",
                "volume flatten",
                "volume delete",
                "volume export",
                "volume import",
                "snapshot list",
                "snapshot create",
                "snapshot rename",
                "snapshot label",
                "snapshot delete",
                "snapshot clone",
                "snapshot diff",
                "snapshot export",
                "snapshot import",
                "snapshot import-token",
                "snapshot import-discard",
                "completion"
            })
    void everyVerbHasHelpWithAnExampleAndIsDocumented(String verb) throws Exception {
        String help = dbsctl((verb + " --help").split(" "));
        assertTrue(help.startsWith("Usage: dbsctl " + verb + " "), help);
        assertTrue(help.contains("\nExample"), help);
        assertTrue(help.contains("  dbsctl " + verb) || verb.equals("completion"), help);
        assertTrue(document().contains("\ndbsctl " + verb), verb + " is not in docs/cli.md");
    }

    @Test
    void theDocumentHasTheExitCodes() throws Exception {
        for (ExitCode exitCode : ExitCode.values()) {
            String line = "| %d | %s |\n".formatted(exitCode.number(), exitCode.meaning());
            assertTrue(document().contains(line), line);
            assertTrue(dbsctl("--help").contains(exitCode.number() + "   "), line);
        }
    }

    @Test
    void theVersionIsShown() {
        assertEquals("dbsctl (not packaged)\n", dbsctl("--version"));
    }

    private static String document() throws Exception {
        return Files.readString(Path.of("..", "docs", "cli.md"));
    }
}
