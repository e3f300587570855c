package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Writes a configuration as one file. */
@Command(
        name = "dump",
        description = {
            "Print the whole configuration in force as one file: YAML, whatever -o says.",
            "It says where secrets are, not what they are."
        },
        footer = {"", "Example:", "  dbsctl config dump > copy.yaml"})
final class ConfigDumpCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Mixin ConfigChoice choice = new ConfigChoice();

    @Override
    public Integer call() throws CommandFailure, ConfigException, IOException {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        dbsctl.terminal().out().print(choice.find(dbsctl).text());
        return ExitCode.OK.number();
    }
}
