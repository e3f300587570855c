package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;
import org.dbstore.tools.configuration.Configurations;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** The option that says which configuration is meant. */
final class ConfigChoice {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "Main file of the configuration. Without it: the environment's DBS_CONFIG, or"
                            + " that of the dbsd that runs.")
    @Nullable Path file;

    /** Finds it: a running server's, or the files alone. */
    Configuration find(Dbsctl dbsctl) throws CommandFailure {
        return Configurations.find(dbsctl.servers(), named(dbsctl).orElse(null));
    }

    /** The file that was named. */
    Optional<Path> named(Dbsctl dbsctl) {
        return Optional.ofNullable(file)
                .or(() -> dbsctl.terminal().variable("DBS_CONFIG").map(Path::of));
    }
}
