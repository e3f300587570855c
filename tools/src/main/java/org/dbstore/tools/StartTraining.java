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
        {"volume", "info", "v"},
        {"volume", "--help"},
        {"__complete", "--", "volume", "info", ""}
    };

    private static final String[][] SERVED = {
        {"status"}, {"status", "-o", "json"}, {"target", "list"}, {"session", "list"}
    };

    private StartTraining() {}

    /**
     * Runs the commands.
     *
     * @param args none
     */
    public static void main(String[] args) throws IOException {
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
            run(terminal, "device", "init", device.toString(), "--size", "128M");
            runAll(terminal, COMMANDS);
            try {
                serve(terminal, device, directory.resolve("run"));
            } catch (BackendException | IOException e) {
                // Where nothing can be listened on, the commands that ask a server start slower.
                System.out.println("no server: " + e);
            }
        } finally {
            delete(directory);
        }
    }

    private static void serve(Terminal terminal, Path device, Path runtimeDirectory)
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
                runAll(terminal, COMMANDS);
                runAll(terminal, SERVED);
            } finally {
                admin.close();
            }
        }
    }

    private static void runAll(Terminal terminal, String[][] commands) {
        for (String[] command : commands) {
            run(terminal, command);
        }
    }

    private static void run(Terminal terminal, String... command) {
        int exitCode = Dbsctl.run(terminal, command);
        System.out.println(String.join(" ", command) + ": " + exitCode);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
