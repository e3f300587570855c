package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;
import org.dbstore.server.admin.AdminServer;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.Jobs;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** {@code dbsd}: reads the configuration, serves until it is told to stop. */
@Command(
        name = "dbsd",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Serves the volumes of Direct Block Store devices over iSCSI. Without --config it"
                        + " serves a demo volume on the loopback address.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:stopped by a signal, or --check found nothing wrong",
            " 1:a device or an address could not be used",
            " 2:wrong usage, or a configuration that was refused"
        })
public final class Main implements Callable<Integer> {
    private static final Logger LOG = LogManager.getLogger(Main.class);
    private static final long RETRY_NANOS = 30_000_000_000L;
    private static final int FAILED = 1;
    private static final int REFUSED = 2;

    /** Status of a process in which a thread died that the server cannot do without. */
    private static final int DEFECT = 70;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration; conf.d/*.yaml beside it is read too.")
    private @Nullable Path configFile;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "data",
            description =
                    "Without --config: where the demo device lies, and where dbsd.yaml is written"
                            + " when something is changed (default: ${DEFAULT-VALUE}).")
    private Path dataDirectory = Path.of("data");

    @Option(names = "--check", description = "Check the configuration and exit.")
    private boolean check;

    @Option(
            names = "--print-default-config",
            description = "Print the configuration that holds without --config, and exit.")
    private boolean printDefault;

    @Spec private @Nullable CommandSpec spec;

    private final ServiceManager serviceManager = ServiceManager.ofEnvironment();
    private final CompletableFuture<Runnable> reload = new CompletableFuture<>();

    /** Runs the server; returns when it has stopped. */
    public static void main(String[] arguments) {
        // A thread that dies unseen would leave commands unanswered for ever.
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            try {
                LOG.fatal("thread {} died; the server stops", thread.getName(), failure);
            } finally {
                // Out of memory, the log may not come to an end; this does.
                Runtime.getRuntime().halt(DEFECT);
            }
        });
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() {
        CommandLine commandLine = java.util.Objects.requireNonNull(spec).commandLine();
        PrintWriter out = commandLine.getOut();
        PrintWriter err = commandLine.getErr();
        if (printDefault) {
            out.print(ConfigReader.defaultText(dataDirectory));
            out.flush();
            return 0;
        }
        // From now on a SIGHUP does not end the process: it waits until there is something to
        // reload.
        HangupSignal.handle(() -> reload.join().run());
        DbsConfig config;
        try {
            config = source().read();
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println("dbsd: " + problem));
            return REFUSED;
        }
        if (check) {
            out.println("dbsd: the configuration is good");
            return 0;
        }
        return serve(config, out, err);
    }

    private int serve(DbsConfig config, PrintWriter out, PrintWriter err) {
        TargetServer server;
        try {
            server = TargetServer.start(config);
        } catch (BackendException e) {
            err.println("dbsd: " + e.getMessage());
            return FAILED;
        }
        LiveConfiguration configuration = new LiveConfiguration(server, source());
        Optional<AdminServer> admin;
        try {
            admin = administer(config, server, configuration);
        } catch (IOException e) {
            err.println("dbsd: " + e.getMessage());
            close(server);
            return FAILED;
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(admin, server)));
        reload.complete(() -> {
            serviceManager.reloading();
            Logging.reopen();
            configuration.reload();
            admin.ifPresent(AdminServer::devicesChanged);
            serviceManager.ready();
        });
        if (configFile == null && config.equals(ConfigReader.embeddedDefault(dataDirectory))) {
            welcome(config, server, out);
        }
        serviceManager.ready();
        while (true) {
            LockSupport.parkNanos(server, RETRY_NANOS); // a disk may come late
            if (server.retryMissing()) {
                admin.ifPresent(AdminServer::devicesChanged);
            }
        }
    }

    private Optional<AdminServer> administer(
            DbsConfig config, TargetServer server, LiveConfiguration configuration)
            throws IOException {
        return AdminServer.start(
                config.admin(),
                new Administration(server, configuration, new Jobs()),
                Optional.ofNullable(configFile),
                List.of());
    }

    private ConfigSource source() {
        return configFile == null
                ? ConfigSource.dataDirectory(dataDirectory)
                : ConfigSource.file(configFile);
    }

    /** Runs in the shutdown hook: a signal is the way to stop the server, so it is no failure. */
    private void stop(Optional<AdminServer> admin, TargetServer server) {
        serviceManager.stopping();
        admin.ifPresent(AdminServer::close);
        int status = close(server);
        LogManager.shutdown();
        Runtime.getRuntime().halt(status);
    }

    private static int close(TargetServer server) {
        try {
            server.close();
            return 0;
        } catch (BackendException e) {
            LOG.error("not everything could be made durable: {}", e.getMessage());
            return FAILED;
        }
    }

    private void welcome(DbsConfig config, TargetServer server, PrintWriter out) {
        InetSocketAddress address = server.addresses().getFirst();
        String portal = address.getAddress().getHostAddress() + ":" + address.getPort();
        String target = config.targets().getFirst().name();
        out.printf(
                """

                dbsd serves volume "demo" of %s as LUN 1 of %s.

                Linux, on this machine:
                  iscsiadm -m discovery -t sendtargets -p %s
                  iscsiadm -m node -T %s -p %s --login
                  lsblk --scsi

                A configuration to start from: dbsd --print-default-config > dbsd.yaml
                Stop with Ctrl-C.
                %n\
                """,
                config.devices().getFirst().path(), target, portal, target, portal);
        out.flush();
    }

    /** The version of the build, from the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"dbsd " + (version == null ? "(not packaged)" : version)};
        }
    }
}
