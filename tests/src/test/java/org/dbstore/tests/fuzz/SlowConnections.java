package org.dbstore.tests.fuzz;

import com.sun.management.UnixOperatingSystemMXBean;

import org.dbstore.tests.support.CommandLine;
import org.dbstore.tests.support.Folders;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** {@code bin/fuzz --slow-connections}: {@link LoginFlood} in its full size. */
public final class SlowConnections {
    private static final int FOUND = 1;
    private static final int USAGE = 2;
    private static final int CONNECTIONS = 10_000;
    private static final int BAD_LOGINS = 200;
    private static final long SECONDS = 60;
    private static final long P99_MILLIS_MAX = 1000;

    /** For the server's ends, which are in this process, too. */
    private static final long OTHER_DESCRIPTORS = 5000;

    private SlowConnections() {}

    /** Runs it; see {@code bin/fuzz --help}. */
    public static void main(String[] arguments) throws Exception {
        LoginFlood flood;
        try {
            CommandLine line =
                    new CommandLine(
                            Set.of("--slow-connections", "--bad-logins", "--seconds"), arguments);
            flood =
                    new LoginFlood(
                            possible(line.number("--slow-connections", CONNECTIONS)),
                            (int) line.number("--bad-logins", BAD_LOGINS),
                            line.number("--seconds", SECONDS));
        } catch (IllegalArgumentException e) {
            System.err.println("fuzz: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        Path folder = Folders.create(Optional.empty(), "dbs-fuzz");
        flood.run(folder);
        Folders.delete(folder);
        boolean passed = flood.p99Millis() < P99_MILLIS_MAX;
        System.out.println("fuzz: slow connections: " + flood.summary());
        System.exit(passed ? 0 : FOUND);
    }

    /** As many as the machine allows; says so where that is less. */
    static int possible(long wanted) {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long allowed = Math.max(1, system.getMaxFileDescriptorCount() - OTHER_DESCRIPTORS);
        if (allowed < wanted) {
            System.out.println(
                    "fuzz: this machine allows %d descriptors: %d connections instead of %d"
                            .formatted(system.getMaxFileDescriptorCount(), allowed, wanted));
        }
        return (int) Math.min(wanted, allowed);
    }
}
