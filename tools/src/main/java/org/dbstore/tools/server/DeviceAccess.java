package org.dbstore.tools.server;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Store;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.DeviceView;
import org.dbstore.server.admin.client.RemoteStore;
import org.dbstore.server.admin.client.ServerFailure;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds out who holds the device that a command means. A server that holds it is asked; a device
 * that nobody holds is opened here.
 *
 * @param servers that may hold it
 * @param device its path, or its name by a server's configuration; empty: the only one that is
 *     served
 */
public record DeviceAccess(Servers servers, Optional<String> device) {
    /** A device at a server. */
    private record Held(Server server, Server.Device device) {
        String title() {
            return "%s (%s) of %s".formatted(device.name(), device.path(), server.title());
        }
    }

    /**
     * Opens the device, or begins to ask who holds it.
     *
     * @param options how it is opened if nobody holds it
     * @return to be closed
     * @throws CommandFailure if none is meant, or several could be
     * @throws BackendException as {@link BlockStore#open}
     */
    public Store open(OpenOptions options) throws BackendException, CommandFailure {
        Optional<Held> held = held();
        if (held.isPresent() && (servers.isNamed() || answers(held.get()))) {
            return new RemoteStore(
                    held.get().server.client(), held.get().device.name(), new Interruption());
        }
        return BlockStore.open(path(held), options);
    }

    /**
     * Returns where the device is, whoever holds it.
     *
     * @return exists
     * @throws CommandFailure if none is meant, several could be, or it is not there
     */
    public Path path() throws CommandFailure {
        return path(held());
    }

    private Path path(Optional<Held> held) throws CommandFailure {
        Path path =
                held.map(one -> one.device.path())
                        .or(() -> device)
                        .map(Path::of)
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "no device is named",
                                        "use -d PATH or set DBS_DEVICE"));
        if (!Files.exists(path)) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    path + " does not exist",
                    "name a device, or make one by 'dbsctl device init'");
        }
        return path;
    }

    /** The device at the server that holds it; empty if none does. */
    private Optional<Held> held() throws CommandFailure {
        List<Held> fitting = new ArrayList<>();
        for (Server server : servers.all()) {
            for (Server.Device one : server.devices()) {
                if (device.isEmpty() || isMeant(one, device.get())) {
                    fitting.add(new Held(server, one));
                }
            }
        }
        if (fitting.size() > 1) {
            String titles = fitting.stream().map(Held::title).collect(Collectors.joining(", "));
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "several devices are served: " + titles,
                    "choose one by -d, or a server by --server");
        }
        if (fitting.isEmpty() && servers.isNamed()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "the server holds no device " + device.orElse(""),
                    "'dbsctl device list' shows those that it holds");
        }
        return fitting.stream().findFirst();
    }

    /** What is a file here is meant as a file, also if a device of that name is served. */
    private boolean isMeant(Server.Device held, String name) {
        if (servers.isNamed()) {
            return held.name().equals(name) || held.path().equals(name);
        }
        try {
            return Path.of(name).toRealPath().toString().equals(held.path());
        } catch (IOException | InvalidPathException e) {
            return held.name().equals(name);
        }
    }

    /** False if what says that it is there was left by a server that ended without a word. */
    private static boolean answers(Held held) throws CommandFailure {
        try {
            held.server.client().get(ApiPath.of("devices", held.device.name()), DeviceView.class);
            return true;
        } catch (ServerFailure e) {
            if (e.error().code().equals(ApiError.UNREACHABLE)) {
                return false;
            }
            throw CommandFailure.of(e);
        }
    }
}
