package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Goal: the command explains itself, and its document agrees with it. */
class HelpTest extends CommandTestBase {
    static Stream<String> verbs() {
        return below(Dbsctl.specification());
    }

    private static Stream<String> below(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(sub -> !sub.usageMessage().hidden())
                .flatMap(sub ->
                        sub.subcommands().isEmpty()
                                ? Stream.of(sub.qualifiedName().substring("dbsctl ".length()))
                                : below(sub));
    }

    @ParameterizedTest
    @MethodSource("verbs")
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
    void helpMayComeFirst() throws Exception {
        assertEquals(dbsctl("--help"), dbsctl("help"));
        assertEquals(dbsctl("volume", "--help"), dbsctl("help", "volume"));
        assertEquals(dbsctl("volume", "create", "--help"), dbsctl("help", "volume", "create"));
    }

    @Test
    void theVersionIsShown() {
        assertEquals("dbsctl (not packaged)\n", dbsctl("--version"));
    }

    private static String document() throws Exception {
        return Files.readString(Path.of("..", "docs", "cli.md"));
    }
}
