package org.dbstore.server.admin;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LogConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;
import org.dbstore.server.ConfigSource;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;
import org.dbstore.server.admin.client.AdminClient;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A server with one device "main" of 128 MiB and an admin API, on ports of its own. */
public final class AdminFixture implements AutoCloseable {
    public static final String TARGET = "iqn.2026-11.org.dbstore:disks";
    private static final long DEVICE_BYTES = 128 << 20;

    private final TargetServer server;
    private final AdminServer admin;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Serves a device in a folder, with a volume "served" as LUN 1. */
    public AdminFixture(Path folder) throws BackendException, IOException {
        this(folder, AdminConfig.DEFAULT);
    }

    AdminFixture(Path folder, AdminConfig config) throws BackendException, IOException {
        this(folder, config, List.of());
    }

    AdminFixture(Path folder, AdminConfig config, List<ScheduleConfig> schedules)
            throws BackendException, IOException {
        DbsConfig dbs = config(folder, schedules);
        AdminConfig here =
                new AdminConfig(
                        config.listen(),
                        Optional.of(folder.resolve("run")),
                        config.tokenFile(),
                        config.tls(),
                        config.openMetrics());
        server = TargetServer.start(dbs);
        LiveConfiguration configuration = new LiveConfiguration(server, new Source(dbs));
        admin =
                AdminServer.start(
                                here,
                                new Administration(server, configuration, new Jobs()),
                                Optional.empty(),
                                List.of())
                        .orElseThrow();
    }

    /** Always the same configuration, of no file. */
    private record Source(DbsConfig config) implements ConfigSource {
        @Override
        public DbsConfig read() {
            return config;
        }

        @Override
        public Optional<Path> mainFile() {
            return Optional.empty();
        }
    }

    private static DbsConfig config(Path folder, List<ScheduleConfig> schedules) {
        DeviceConfig device =
                new DeviceConfig(
                        "main",
                        folder.resolve("main.dbs"),
                        false,
                        DEVICE_BYTES,
                        List.of(new VolumeConfig("served", 4 << 20)));
        LunConfig lun =
                new LunConfig(
                        1,
                        "main",
                        "served",
                        "",
                        false,
                        LunConfig.CacheMode.WRITETHROUGH,
                        512,
                        4096);
        return new DbsConfig(
                List.of(device),
                List.of(new PortalConfig("127.0.0.1", 0, 1)),
                DbsConfig.Discovery.ALL,
                Optional.empty(),
                List.of(new TargetConfig(TARGET, "", List.of(), List.of("*"), List.of(lun))),
                AdminConfig.DEFAULT,
                schedules,
                LogConfig.DEFAULT);
    }

    public BlockStore store() {
        return java.util.Objects.requireNonNull(server.device("main"));
    }

    public TargetServer server() {
        return server;
    }

    public AdminServer admin() {
        return admin;
    }

    public AdminClient client() {
        return new AdminClient(
                admin.url(), admin.contents().token(), admin.contents().certificate());
    }

    /** Sends a request with the token. */
    public HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                request(method, path, body)
                        .header("Authorization", "Bearer " + admin.contents().token())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request as it is. */
    public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A request without a token. */
    public HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(admin.url() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
    }

    @Override
    public void close() throws BackendException {
        http.close();
        admin.close();
        server.close();
    }
}
