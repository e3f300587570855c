package org.dbstore.server.admin.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Where running servers say how they are reached. */
public final class RuntimeDirectory {
    /** Environment: where to look, and to write, instead of the usual places. */
    public static final String VARIABLE = "DBS_RUNTIME_DIR";

    /** The number of the user who may do everything. */
    public static final long ROOT = 0;

    private static final String NAME = "dbs";

    private RuntimeDirectory() {}

    /**
     * The place of this user's servers.
     *
     * @param environment looks up a variable
     */
    public static Path ofServer(Function<String, Optional<String>> environment) {
        return environment
                .apply(VARIABLE)
                .or(() -> environment.apply("RUNTIME_DIRECTORY").map(RuntimeDirectory::first))
                .map(Path::of)
                .orElseGet(() -> userId() == ROOT ? ofSystem() : ofUser(environment));
    }

    /**
     * All places where there may be servers for this user to ask.
     *
     * @param environment looks up a variable
     * @return in the order of preference
     */
    public static List<Path> ofClient(Function<String, Optional<String>> environment) {
        Optional<String> named = environment.apply(VARIABLE);
        if (named.isPresent()) {
            return List.of(Path.of(named.get()));
        }
        Set<Path> places = new LinkedHashSet<>();
        places.add(ofServer(environment));
        places.add(ofSystem());
        places.add(ofUser(environment));
        return List.copyOf(places);
    }

    /**
     * The number of the user who runs this process.
     *
     * @throws IllegalStateException if the system does not tell
     */
    public static long userId() {
        return owner(Path.of("/proc/self"))
                .orElseThrow(() -> new IllegalStateException("/proc does not tell the user"));
    }

    /** The number of the user that a file belongs to; empty if it is not there. */
    public static Optional<Long> owner(Path path) {
        try {
            return Optional.of(((Number) Files.getAttribute(path, "unix:uid")).longValue());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path ofSystem() {
        return Path.of("/run", NAME);
    }

    /**
     * The place of those servers that this user has started by hand.
     *
     * @param environment looks up a variable
     */
    public static Path ofUser(Function<String, Optional<String>> environment) {
        return environment
                .apply("XDG_RUNTIME_DIR")
                .map(directory -> Path.of(directory, NAME))
                .orElseGet(
                        () -> Path.of(System.getProperty("java.io.tmpdir"), NAME + "-" + userId()));
    }

    /** systemd separates several by colons. */
    private static String first(String directories) {
        return directories.split(":", 2)[0];
    }
}
