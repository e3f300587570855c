package org.dbstore.tools;

import org.dbstore.backend.BackendException;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LogConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.server.ConfigSource;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;
import org.dbstore.server.admin.AdminServer;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.Jobs;
import org.dbstore.tools.command.Dbsctl;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs each kind of command once on a small device of its own, alone and through a server, so that
 * the JVM can record the classes they load; bin/dbsctl keeps the record and starts faster by it.
 */
final class StartTraining {
    private static final String[][] COMMANDS = {
        {"device", "info"},
        {"volume", "create", "v", "1M"},
        {"volume", "list"},
        {"volume", "info", "v", "-o", "json"},
        {"snapshot", "create", "v"},
        {"snapshot", "list", "v"},
        {"volume", "export", "v", "-"},
        {"volume", "delete", "v", "--yes"},
        {"volume", "--help"},
        {"__complete", "--", "volume", "info", ""}
    };

    private static final String[][] SERVED = {
        {"status"}, {"status", "-o", "json"}, {"target", "list"}, {"session", "list"}
    };

    /** What fails has classes of its own. */
    private static final String[] MISTAKEN = {"volume", "info", "v"};

    private StartTraining() {}

    /**
     * Runs the commands, and fails if one that is meant to succeed does not: what it would have
     * loaded is missing from the record then, which nobody would see but by the clock.
     *
     * @param args none; or in the process that serves: the device, and where its owner is found
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            serve(Path.of(args[0]), Path.of(args[1]));
        } else {
            train();
        }
    }

    private static void train() throws IOException {
        Main.keepLoggingSimple();
        Path directory = Files.createTempDirectory("dbsctl");
        Path device = directory.resolve("device.dbs");
        Terminal terminal =
                new Silence(
                        Map.of(
                                "DBS_DEVICE",
                                device.toString(),
                                "DBS_RUNTIME_DIR",
                                directory.resolve("run").toString()));
        try {
            run(terminal, ExitCode.OK, "device", "init", device.toString(), "--size", "128M");
            runAll(terminal, COMMANDS);
            Process server = startServer(device, directory.resolve("run"));
            try {
                runAll(terminal, COMMANDS);
                runAll(terminal, SERVED);
            } finally {
                server.getOutputStream().close();
                server.onExit().join();
            }
        } finally {
            delete(directory);
        }
    }

    /** Another process: what only a server loads does not belong into the record. */
    private static Process startServer(Path device, Path runtimeDirectory) throws IOException {
        Process server =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                StartTraining.class.getName(),
                                device.toString(),
                                runtimeDirectory.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (server.getInputStream().read() < 0) {
            throw new IOException("the server did not start");
        }
        return server;
    }

    /** Serves until standard input ends, and says that it does by a line on standard output. */
    private static void serve(Path device, Path runtimeDirectory)
            throws BackendException, IOException {
        PortalConfig anywhere = new PortalConfig("127.0.0.1", 0, 1);
        DbsConfig config =
                new DbsConfig(
                        List.of(new DeviceConfig("main", device, false, 0, List.of())),
                        List.of(anywhere),
                        DbsConfig.Discovery.ALL,
                        Optional.empty(),
                        List.of(),
                        new AdminConfig(
                                Optional.of(anywhere),
                                Optional.of(runtimeDirectory),
                                Optional.empty(),
                                Optional.empty(),
                                false),
                        List.of(),
                        LogConfig.DEFAULT);
        try (TargetServer server = TargetServer.start(config)) {
            var administration =
                    new Administration(
                            server,
                            new LiveConfiguration(server, ConfigSource.none(server)),
                            new Jobs());
            AdminServer admin =
                    AdminServer.start(config.admin(), administration, Optional.empty(), List.of())
                            .orElseThrow();
            try {
                System.out.println("ready");
                System.in.transferTo(OutputStream.nullOutputStream());
            } finally {
                admin.close();
            }
        }
    }

    private static void runAll(Terminal terminal, String[][] commands) {
        for (String[] command : commands) {
            run(terminal, ExitCode.OK, command);
        }
        run(terminal, ExitCode.NOT_FOUND, MISTAKEN);
    }

    private static void run(Terminal terminal, ExitCode expected, String... command) {
        int exitCode = Dbsctl.run(terminal, command);
        if (exitCode != expected.number()) {
            throw new IllegalStateException(String.join(" ", command) + ": exit code " + exitCode);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
