package org.dbstore.tests.support;

import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Programs that a test needs of the machine. Where one is missing the test is skipped; with {@code
 * -Ddbs.tests.required=true} (as in CI) it fails.
 */
public final class Requirements {
    private Requirements() {}

    /**
     * Goes on only if all these programs are there.
     *
     * @param programs names, looked for in PATH and where Debian keeps those for root
     * @throws TestAbortedException if one is missing and may be
     */
    public static void programs(String... programs) {
        List<String> missing = Stream.of(programs).filter(name -> !isInstalled(name)).toList();
        if (missing.isEmpty()) {
            return;
        }
        missing(String.join(", ", missing) + " (bin/test installs it)");
    }

    /**
     * Goes on only if the tests run as root.
     *
     * @throws TestAbortedException if not, and that may be
     */
    public static void root() {
        if (!System.getProperty("user.name").equals("root")) {
            missing("the rights of root");
        }
    }

    /**
     * Ends the test because the machine lacks something.
     *
     * @param what it lacks, and perhaps the remedy
     * @throws TestAbortedException if it may
     */
    public static void missing(String what) {
        String message = "this machine lacks " + what;
        if (Boolean.getBoolean("dbs.tests.required")) {
            throw new AssertionFailedError(message);
        }
        throw new TestAbortedException(message);
    }

    private static boolean isInstalled(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return Stream.of(path.split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    }
}
