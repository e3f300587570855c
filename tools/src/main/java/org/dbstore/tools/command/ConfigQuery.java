package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** A command that shows a part of a configuration. */
abstract class ConfigQuery implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Mixin ConfigChoice choice = new ConfigChoice();

    /** Shows it. */
    abstract void run(ConfigTree configuration) throws CommandFailure;

    /** Shows it; to be overridden by who also asks how it is served. */
    void run(Configuration configuration) throws CommandFailure, ConfigException, IOException {
        run(ConfigTree.of(configuration.text()));
    }

    @Override
    public final Integer call() throws CommandFailure, ConfigException, IOException {
        run(choice.find(dbsctl()));
        return ExitCode.OK.number();
    }

    final Dbsctl dbsctl() {
        return (Dbsctl) spec.root().userObject();
    }

    /** What stands at a path, as an object under a name. */
    static Map<String, @Nullable Object> named(
            ConfigTree configuration, String field, String... path) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(field, path[path.length - 1]);
        fields.putAll(ServerCommand.fields(configuration.value(path).orElse(null)));
        return fields;
    }

    /** Refuses what does not exist. */
    static void require(ConfigTree configuration, String what, String... path)
            throws CommandFailure {
        if (configuration.value(path).isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no %s %s".formatted(what, path[path.length - 1]),
                    "'dbsctl config dump' shows the configuration");
        }
    }
}
