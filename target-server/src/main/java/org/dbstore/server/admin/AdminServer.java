package org.dbstore.server.admin;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.server.admin.api.RuntimeDirectory;
import org.dbstore.server.admin.api.RuntimeFile;
import org.dbstore.server.admin.http.HttpServer;
import org.dbstore.server.admin.http.OpenApi;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.admin.http.Routes;
import org.dbstore.server.admin.http.TlsIdentity;
import org.dbstore.server.admin.resource.ConfigResource;
import org.dbstore.server.admin.resource.DataResource;
import org.dbstore.server.admin.resource.DeviceResource;
import org.dbstore.server.admin.resource.JobResource;
import org.dbstore.server.admin.resource.MetricsResource;
import org.dbstore.server.admin.resource.PageResource;
import org.dbstore.server.admin.resource.ScheduleResource;
import org.dbstore.server.admin.resource.SessionResource;
import org.dbstore.server.admin.resource.SnapshotResource;
import org.dbstore.server.admin.resource.StatusResource;
import org.dbstore.server.admin.resource.StreamResource;
import org.dbstore.server.admin.resource.TargetResource;
import org.dbstore.server.admin.resource.VolumeResource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The admin API of a server: begins to listen when the server serves, and ends before it does.
 *
 * <p>It says in a file how it is reached. Whoever can read that file administers the server.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(AdminServer.class);

    private final Administration administration;
    private final Optional<Path> configFile;
    private final Optional<TlsIdentity> tls;
    private final String token;
    private final HttpServer http;
    private final RuntimeFiles runtimeFiles;
    private final RecentErrors errors = new RecentErrors();

    /**
     * Starts it.
     *
     * @param config how it listens
     * @param administration what is administered
     * @param configFile the configuration
     * @param further routes of other parts
     * @return listening; empty if the configuration wants none
     * @throws IOException if the address, the certificate, the token or the place for the file
     *     cannot be used; the message says which
     */
    public static Optional<AdminServer> start(
            AdminConfig config,
            Administration administration,
            Optional<Path> configFile,
            List<Route> further)
            throws IOException {
        if (config.listen().isEmpty()) {
            return Optional.empty();
        }
        AdminServer server =
                new AdminServer(config, config.listen().get(), administration, configFile, further);
        server.open();
        return Optional.of(server);
    }

    private AdminServer(
            AdminConfig config,
            PortalConfig listen,
            Administration administration,
            Optional<Path> configFile,
            List<Route> further)
            throws IOException {
        this.administration = administration;
        this.configFile = configFile.map(Path::toAbsolutePath);
        this.tls =
                config.tls().isPresent()
                        ? Optional.of(TlsIdentity.read(config.tls().get()))
                        : Optional.empty();
        this.token = AdminToken.of(config.tokenFile());
        this.runtimeFiles =
                new RuntimeFiles(
                        config.runtimeDirectory()
                                .orElseGet(() ->
                                        RuntimeDirectory.ofServer(
                                                name -> Optional.ofNullable(System.getenv(name)))));
        this.http = new HttpServer(listen, tls, token, routes(config.openMetrics(), further));
    }

    private Routes routes(boolean openMetrics, List<Route> further) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new StatusResource(administration, configFile, errors).routes());
        routes.addAll(new DeviceResource(administration).routes());
        routes.addAll(new VolumeResource(administration).routes());
        routes.addAll(new SnapshotResource(administration).routes());
        routes.addAll(new DataResource(administration).routes());
        routes.addAll(new StreamResource(administration).routes());
        routes.addAll(new TargetResource(administration).routes());
        routes.addAll(new SessionResource(administration).routes());
        routes.addAll(new JobResource(administration.jobs()).routes());
        routes.addAll(new ConfigResource(administration, this::devicesChanged).routes());
        routes.addAll(new MetricsResource(administration.server().metrics(), openMetrics).routes());
        routes.addAll(new ScheduleResource(administration).routes());
        routes.addAll(further);
        routes.add(OpenApi.route(routes));
        routes.addAll(PageResource.routes());
        return new Routes(routes);
    }

    private void open() throws IOException {
        runtimeFiles.deleteStale();
        http.start();
        boolean told = false;
        try {
            runtimeFiles.write(contents());
            errors.listen();
            told = true;
        } finally {
            if (!told) {
                http.close();
            }
        }
        LOG.info("administered at {}", http.url());
    }

    /** Where it listens, without a path. */
    public String url() {
        return http.url();
    }

    /** What it says of itself. */
    public RuntimeFile contents() {
        List<RuntimeFile.Device> devices = new ArrayList<>();
        administration
                .devices()
                .forEach((name, store) ->
                        devices.add(new RuntimeFile.Device(name, real(store.info().path()))));
        return new RuntimeFile(
                ProcessHandle.current().pid(),
                http.url(),
                token,
                tls.map(TlsIdentity::fingerprint),
                devices,
                configFile);
    }

    /** Says anew which devices there are. */
    public void devicesChanged() {
        try {
            runtimeFiles.write(contents());
        } catch (IOException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath(); // deleted while it is open
        }
    }

    /** Takes no more requests, waits for those and the jobs that are under way. */
    @Override
    public void close() {
        try {
            runtimeFiles.delete();
        } catch (IOException e) {
            LOG.warn("the admin API's file stays: {}", e.getMessage());
        }
        administration.jobs().close();
        http.close();
        errors.close();
    }
}
