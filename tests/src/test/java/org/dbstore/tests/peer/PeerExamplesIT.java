package org.dbstore.tests.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** Goal: who comes from another target starts with its own configuration. */
class PeerExamplesIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir Path folder;

    @Test
    void theExamplesInThePackageOfTgtBecomeOursAndPassCheck() throws Exception {
        Requirements.programs("apt-get", "dpkg-deb", "tgtd");
        Programs.Result result =
                Programs.run(LIMIT, folder.resolve("log"), "import-peers", "--offline");
        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains("targets.conf.example.tgt: "), result.output());
        assertTrue(result.output().endsWith(", 0 failed\n"), result.output());
    }
}
