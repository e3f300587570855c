package org.dbstore.tests.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** Goal: loss of power at any point keeps every promise; and the proof can fail. */
class PowerIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int UNAVAILABLE = 3;

    @TempDir Path folder;

    @Test
    void everyPromiseHoldsAfterLossOfPowerAndOnFailingDevices() throws Exception {
        Programs.Result result = run("--replays", "50", "--faults", "6", "--seed", "1");
        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains("50 replays to flushes, 50 between"), result.output());
        assertTrue(result.output().contains("0 failures"), result.output());
    }

    @Test
    void aServerThatNeverFlushesIsFound() throws Exception {
        Requirements.programs("gcc");
        Programs.Result result = run("--replays", "50", "--seed", "1", "--break", "flushes");
        assertEquals(1, result.status(), result.output());
        assertTrue(result.output().contains("again: bin/power-test"), result.output());
    }

    private Programs.Result run(String... arguments) throws Exception {
        Requirements.programs("qemu-storage-daemon", "fusermount3");
        Programs.Result result =
                Programs.run(LIMIT, folder.resolve("log"), "power-test", arguments);
        if (result.status() == UNAVAILABLE) {
            Requirements.missing("FUSE mounts (" + result.output().strip() + ")");
        }
        return result;
    }
}
