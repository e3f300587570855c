package org.dbstore.tests.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** Goal: kill -9 of the real server loses no acknowledged write; and the proof can fail. */
class KillIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir Path folder;

    @Test
    void nothingAcknowledgedIsLostByKills() throws Exception {
        Programs.Result result = run("--kills", "10", "--seed", "1");
        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains(" 0 sectors lost"), result.output());
    }

    @Test
    void aServerThatLosesWritesIsFound() throws Exception {
        Requirements.programs("gcc");
        Programs.Result result = run("--kills", "10", "--seed", "1", "--break", "writes");
        assertEquals(1, result.status(), result.output());
        assertTrue(result.output().contains("again: bin/kill-test --kills 10"), result.output());
    }

    private Programs.Result run(String... arguments) throws Exception {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--dir";
        all[arguments.length + 1] = folder.resolve("kill").toString();
        return Programs.run(LIMIT, folder.resolve("log"), "kill-test", all);
    }
}
