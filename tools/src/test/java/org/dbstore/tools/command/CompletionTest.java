package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Goal: a shell completes commands, options and the names of what there is. */
class CompletionTest extends CommandTestBase {
    @BeforeEach
    void makeVolumes() {
        dbsctl("volume", "create", "alpha", "1M");
        dbsctl("volume", "create", "beta", "1M");
        dbsctl("snapshot", "create", "beta@nightly");
        dbsctl("snapshot", "create", "beta");
    }

    @Test
    void nounsVerbsAndOptionsAreSuggestedWithWhatTheyMean() {
        assertEquals(List.of("volume"), suggested("vol"));
        assertEquals(List.of("rename", "resize", "rollback"), suggested("volume", "r"));
        assertEquals(List.of("--direct"), suggested("volume", "delete", "--di"));
        assertTrue(dbsctl("__complete", "--", "volume", "lis").equals("list\tList all volumes.\n"));
    }

    @Test
    void hiddenCommandsAreNot() {
        assertEquals(List.of(), suggested("__"));
    }

    @Test
    void volumesAndSnapshotsAreSuggestedWhereTheyAreMeant() {
        assertEquals(List.of("alpha", "beta"), suggested("volume", "info", ""));
        assertEquals(List.of("beta"), suggested("volume", "delete", "--yes", "b"));
        assertEquals(List.of("beta@"), suggested("snapshot", "rename", ""));
        assertEquals(List.of("beta@3", "beta@nightly"), suggested("snapshot", "delete", "beta@"));
        assertEquals(List.of("alpha", "beta", "beta@"), suggested("volume", "export", ""));
        assertEquals(List.of("beta@nightly"), suggested("snapshot", "diff", "alpha", "beta@n"));
        assertEquals(List.of(), suggested("volume", "create", ""));
    }

    @Test
    void valuesOfOptionsAreSuggested() {
        assertEquals(List.of("json"), suggested("volume", "list", "-o", "j"));
        assertEquals(List.of("--output=yaml"), suggested("volume", "list", "--output=y"));
        assertEquals(List.of("bash", "zsh", "fish"), suggested("completion", ""));
        assertEquals(
                List.of("beta@nightly"),
                suggested("snapshot", "export", "beta@3", "x", "--from", "beta@n"));
    }

    @Test
    void filesAreLeftToTheShell() {
        assertEquals(List.of(":files"), suggested("volume", "import", "alpha", ""));
        assertEquals(List.of(":files"), suggested("-d", "/nothing"));
    }

    @Test
    void theDeviceOfTheLineIsAsked() {
        Path other = directory.resolve("other.dbs");
        dbsctl("device", "init", other.toString(), "--size", "128M");
        dbsctl("volume", "create", "gamma", "1M", "-d", other.toString());
        for (String option : List.of("-d", "--device")) {
            assertEquals(
                    List.of("gamma"), suggested("volume", option, other.toString(), "info", ""));
        }
        assertEquals(List.of("gamma"), suggested("volume", "info", "--device=" + other, ""));
        assertEquals(List.of("gamma"), suggested("volume", "info", "-d" + other, ""));
    }

    @Test
    void whereNothingIsKnownThereIsNeitherAWordNorAnError() {
        assertEquals(List.of(), suggested("nonsense", "--wrong", "x", ""));
        device = directory.resolve("missing.dbs");
        assertEquals(List.of(), suggested("volume", "info", ""));
    }

    @Test
    void theScriptWorksInBash() throws Exception {
        String script =
                """
                try() { COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; _dbsctl; echo "${COMPREPLY[*]}"; }
                compopt() { echo "compopt $*"; }
                try dbsctl volume info a
                try dbsctl snapshot delete beta@ni
                try dbsctl volume import x /
                """;
        assertEquals(
                """
                asked volume info a
                alpha
                asked snapshot delete beta@ni
                nightly
                asked volume import x /
                compopt -o default

                """,
                inShell("bash", script));
    }

    @Test
    void theScriptIsValidInZsh() throws Exception {
        assumeTrue(isThere("zsh"), "zsh is not installed");
        assertEquals("_dbsctl\n", inShell("zsh", "print ${_comps[dbsctl]}"));
    }

    @Test
    void theScriptWorksInFish() throws Exception {
        assumeTrue(isThere("fish"), "fish is not installed");
        assertEquals(
                "alpha\tabout\n", inShell("fish", "complete --do-complete 'dbsctl volume info a'"));
    }

    /** Runs a script behind the completion script, with a dbsctl that answers by rote. */
    private String inShell(String shell, String script) throws Exception {
        Path command = directory.resolve("dbsctl");
        Files.writeString(
                command,
                """
                #!/bin/sh
                shift 2
                [ "$(basename "$SHELL")" = fish ] || echo "asked $*" >&3
                case $* in
                  *import*) echo :files ;;
                  *@*) printf 'beta@nightly\\n' ;;
                  *) printf 'alpha\\tabout\\n' ;;
                esac
                """);
        Files.setPosixFilePermissions(
                command, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        String before = shell.equals("zsh") ? "autoload -U compinit; compinit -D -u\n" : "";
        Path file =
                Files.writeString(
                        directory.resolve("script"), before + dbsctl("completion", shell) + script);
        var builder = new ProcessBuilder("sh", "-c", "exec " + shell + " " + file + " 3>&1");
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("SHELL", shell);
        Process process = builder.redirectErrorStream(true).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), answer);
        return answer;
    }

    private static boolean isThere(String program) {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private List<String> suggested(String... words) {
        String[] line = new String[words.length + 2];
        line[0] = "__complete";
        line[1] = "--";
        System.arraycopy(words, 0, line, 2, words.length);
        return dbsctl(line)
                .lines()
                .map(suggestion -> suggestion.split("\t", -1)[0])
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
