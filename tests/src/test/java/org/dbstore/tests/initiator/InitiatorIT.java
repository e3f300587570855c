package org.dbstore.tests.initiator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Goal: the kernel's own initiator mounts, survives and finds its data. Each script runs in a guest
 * of its own against a {@code dbsd} of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
class InitiatorIT {
    /** For the guest; under emulation the longest script takes about two minutes. */
    private static final Duration GUEST_LIMIT = Duration.ofMinutes(6);

    /** The first run also downloads and assembles the guest. */
    private static final Duration LIMIT = Duration.ofMinutes(12);

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "smoke",
                "fio-verify",
                "kernel-log",
                "crash-restart",
                "link-cut",
                "multipath",
                "alua",
                "snapshot-lun",
                "commands",
                "two-initiators",
                "disk-life",
                "admin-day",
                "chap",
                "digests"
            })
    void scriptPasses(String script) throws Exception {
        Requirements.programs(
                "qemu-system-x86_64", "apt-get", "dpkg-deb", "cpio", "xz", "jq", "ss", "setpriv");
        Programs.Result result =
                Programs.run(
                        LIMIT,
                        folder.resolve("log"),
                        "initiator",
                        "--serve",
                        "--stamp",
                        "--timeout",
                        Long.toString(GUEST_LIMIT.toSeconds()),
                        script);
        assertEquals(0, result.status(), result.output());
    }
}
