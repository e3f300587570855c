package org.dbstore.tests.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** Goal: who has nothing but Debian's base system installs one file and has a target. */
class PackageIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    @TempDir Path folder;

    @Test
    void thePackageInstallsServesUpgradesAndGoesWithoutTheData() throws Exception {
        Requirements.programs(
                "mvn",
                "debootstrap",
                "systemd-analyze",
                "iscsi-inq",
                "unshare",
                "setpriv",
                "python3");
        Requirements.root();
        Programs.Result result = Programs.run(LIMIT, folder.resolve("log"), "package", "--try");
        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().endsWith("package: all holds\n"), result.output());
    }
}
