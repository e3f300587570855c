package org.dbstore.server.admin.client;

import org.dbstore.server.admin.api.RuntimeDirectory;
import org.dbstore.server.admin.api.RuntimeFile;
import org.dbstore.server.admin.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A server that runs on this machine and that this user may administer.
 *
 * @param file what it says of itself
 */
public record RunningServer(RuntimeFile file) {
    private static final String SUFFIX = ".json";

    /**
     * Finds all of them.
     *
     * @param environment looks up a variable
     * @return by process number; those whose process is gone are left out
     */
    public static List<RunningServer> all(Function<String, Optional<String>> environment) {
        List<RunningServer> found = new ArrayList<>();
        Path ofUser = RuntimeDirectory.ofUser(environment);
        for (Path directory : RuntimeDirectory.ofClient(environment)) {
            boolean shared = directory.equals(ofUser);
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(directory, "[1-9]*" + SUFFIX)) {
                for (Path file : files) {
                    if (isTrusted(file, directory, shared)) {
                        read(file).filter(RunningServer::isAlive).ifPresent(found::add);
                    }
                }
            } catch (IOException e) {
                // There is no such directory, or it is another user's: then nobody is there for us.
            }
        }
        found.sort(Comparator.comparingLong(server -> server.file.pid()));
        return found;
    }

    /**
     * What root or this user wrote is to be trusted. Root also believes the user to whom the system
     * gave a folder for it: that is the service's.
     *
     * @param shared true if anybody could have made the folder
     */
    private static boolean isTrusted(Path file, Path directory, boolean shared) {
        long owner = RuntimeDirectory.owner(file).orElse(-1L);
        long user = RuntimeDirectory.userId();
        return owner == RuntimeDirectory.ROOT
                || owner == user
                || (user == RuntimeDirectory.ROOT
                        && !shared
                        && RuntimeDirectory.owner(directory).equals(Optional.of(owner)));
    }

    /** Reads what a server says of itself; empty if it may not be read. */
    private static Optional<RunningServer> read(Path path) {
        try (InputStream input = Files.newInputStream(path)) {
            return Optional.of(new RunningServer(Json.read(input, RuntimeFile.class, false)));
        } catch (IOException e) {
            return Optional.empty(); // gone in the meantime, or not for this user
        }
    }

    private boolean isAlive() {
        return ProcessHandle.of(file.pid()).isPresent();
    }

    /**
     * Finds the name under which it holds a device.
     *
     * @param device the configured name, or a path
     * @return empty if it does not hold it
     */
    public Optional<String> nameOf(String device) {
        Optional<Path> path = realPath(device);
        return file.devices().stream()
                .filter(held -> held.name().equals(device) || path.equals(Optional.of(held.path())))
                .map(RuntimeFile.Device::name)
                .findFirst();
    }

    /** Begins to ask it. */
    public AdminClient connect() {
        return new AdminClient(file.url(), file.token(), file.certificate());
    }

    private static Optional<Path> realPath(String device) {
        try {
            return Optional.of(Path.of(device).toRealPath());
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // a name
        }
    }
}
