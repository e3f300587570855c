package org.dbstore.tests.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** Goal: another implementation reads what the engine has written; and the proof can fail. */
class InteropIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir Path folder;

    @Test
    void closedDevicesReadEqualInTheIndependentReader() throws Exception {
        Requirements.programs("python3");
        Programs.Result result = run("--scripts", "20", "--seed", "1");
        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains("20 scripts, 0 different"), result.output());
    }

    @Test
    void aChangedByteIsFound() throws Exception {
        Requirements.programs("python3");
        Programs.Result result = run("--scripts", "3", "--seed", "1", "--break", "data");
        assertEquals(1, result.status(), result.output());
        assertTrue(result.output().contains("3 scripts, 3 different"), result.output());
    }

    private Programs.Result run(String... arguments) throws Exception {
        return Programs.run(LIMIT, folder.resolve("log"), "interop-test", arguments);
    }
}
