package org.dbstore.tools.configuration;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.server.Server;
import org.dbstore.tools.server.Servers;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the configuration that a command means. */
public final class Configurations {
    private Configurations() {}

    /**
     * Finds it: that of the server which has the file in force, else the file itself; without a
     * file that of the only server.
     *
     * @param servers that come into question
     * @param named main file; null: none was named
     * @throws CommandFailure if there is none, or several could be meant
     */
    public static Configuration find(Servers servers, @Nullable Path named) throws CommandFailure {
        if (named == null || servers.isNamed()) {
            List<Server> all = servers.all();
            if (all.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "no dbsd of yours runs here",
                        "name its configuration by --config FILE, or the server by --server");
            }
            return of(servers.only());
        }
        if (!Files.exists(named)) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    named + " does not exist",
                    "name the main file of the configuration");
        }
        for (Server server : servers.all()) {
            if (server.configFile().map(file -> isSame(file, named)).orElse(false)) {
                return of(server);
            }
        }
        return new FileConfiguration(named);
    }

    private static Configuration of(Server server) {
        return new ServedConfiguration(server.client(), server.configFile());
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // one of them is gone
        }
    }
}
