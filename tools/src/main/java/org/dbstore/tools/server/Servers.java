package org.dbstore.tools.server;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.DeviceView;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.RunningServer;
import org.dbstore.server.admin.client.ServerFailure;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The servers that a command may ask: those that run here, or the one that was named. Secrets come
 * from files or the environment, never from the command line, which every user of the machine sees.
 */
public final class Servers {
    private final Function<String, Optional<String>> environment;
    private final Optional<String> named;

    /**
     * Looks for servers.
     *
     * @param named URL or process number; null: what the environment's DBS_SERVER says
     * @param environment looks up a variable
     */
    public Servers(@Nullable String named, Function<String, Optional<String>> environment) {
        this.environment = environment;
        this.named = Optional.ofNullable(named).or(() -> environment.apply("DBS_SERVER"));
    }

    /** Tells whether a server was named, so that no other one and no file is meant. */
    public boolean isNamed() {
        return named.isPresent();
    }

    /**
     * Returns the servers that come into question.
     *
     * @return the one that was named, or those that run here
     * @throws CommandFailure if there is none of that name, or it does not answer
     */
    public List<Server> all() throws CommandFailure {
        if (named.isEmpty()) {
            return RunningServer.all(environment).stream().map(Servers::of).toList();
        }
        String name = named.get();
        List<RunningServer> running = RunningServer.all(environment);
        for (RunningServer server : running) {
            if (name.equals(Long.toString(server.file().pid()))
                    || name.equals(server.file().url())) {
                return List.of(of(server));
            }
        }
        if (name.matches("[0-9]+")) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "no dbsd of yours runs as process " + name,
                    running.isEmpty() ? "start it" : "there is " + titles(running));
        }
        if (!name.matches("(?i)https?://.+")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "'%s' is neither the URL nor the process of a dbsd".formatted(name),
                    "write https://HOST:PORT, or a number as 'dbsctl status' shows it");
        }
        return List.of(elsewhere(name));
    }

    /**
     * Returns the only server that comes into question.
     *
     * @throws CommandFailure if there is none, or several
     */
    public Server only() throws CommandFailure {
        List<Server> servers = all();
        if (servers.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "no dbsd of yours runs here",
                    "start it, or name one by --server or DBS_SERVER");
        }
        if (servers.size() > 1) {
            String titles =
                    servers.stream().map(Server::title).collect(Collectors.joining(" and "));
            throw new CommandFailure(
                    ExitCode.USAGE, "there are " + titles, "choose one by --server PID");
        }
        return servers.getFirst();
    }

    private static Server of(RunningServer server) {
        List<Server.Device> devices =
                server.file().devices().stream()
                        .map(held -> new Server.Device(held.name(), held.path().toString()))
                        .toList();
        return new Server(
                "dbsd " + server.file().pid(),
                server.connect(),
                devices,
                server.file().configFile());
    }

    private static String titles(List<RunningServer> servers) {
        return servers.stream()
                .map(server -> "dbsd " + server.file().pid())
                .collect(Collectors.joining(", "));
    }

    private Server elsewhere(String url) throws CommandFailure {
        if (url.matches("(?i)http://.*") && !isLoopback(url)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "to " + url + " the token would go in clear",
                    "write https://HOST:PORT; docs/config.md, admin.certificate, has the server's"
                            + " part");
        }
        AdminClient client = new AdminClient(url, token(url), certificate());
        try {
            List<Server.Device> devices =
                    client.list(ApiPath.of("devices"), DeviceView.class).stream()
                            .map(held -> new Server.Device(held.name(), held.path().toString()))
                            .toList();
            return new Server("dbsd at " + url, client, devices, Optional.empty());
        } catch (ServerFailure e) {
            throw CommandFailure.of(e);
        }
    }

    private static boolean isLoopback(String url) throws CommandFailure {
        try {
            String host = String.valueOf(new URI(url).getHost());
            return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (URISyntaxException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "'" + url + "' is no URL", "write https://HOST:PORT");
        } catch (IllegalArgumentException e) {
            return false; // a name
        }
    }

    /** As openssl prints it, or the digits alone. */
    private Optional<String> certificate() throws CommandFailure {
        Optional<String> given = environment.apply("DBS_SERVER_CERTIFICATE");
        Optional<String> digits =
                given.map(text -> text.substring(text.indexOf('=') + 1).replace(":", "").strip());
        if (digits.isPresent() && !digits.get().matches("[0-9A-Fa-f]{64}")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "DBS_SERVER_CERTIFICATE is no SHA-256 of a certificate",
                    "write what 'openssl x509 -noout -fingerprint -sha256 -in FILE' prints");
        }
        return digits;
    }

    private String token(String url) throws CommandFailure {
        Optional<String> file = environment.apply("DBS_TOKEN_FILE");
        if (file.isPresent()) {
            try {
                return Files.readString(Path.of(file.get())).strip();
            } catch (IOException e) {
                throw CommandFailure.of(e);
            }
        }
        return environment
                .apply("DBS_TOKEN")
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.USAGE,
                                "there is no token for " + url,
                                "name the file that holds it in DBS_TOKEN_FILE"));
    }
}
