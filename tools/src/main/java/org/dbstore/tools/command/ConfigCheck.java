package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.Configuration;
import org.dbstore.tools.output.Column;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Checks the files of a configuration. */
@Command(
        name = "check",
        description = {
            "Check the files of a configuration: the main one and conf.d/*.yaml beside it.",
            "Every problem is told with its file and line, and what to do about it."
        },
        footer = {"", "Example:", "  dbsctl config check /etc/dbs/dbs.yaml"})
final class ConfigCheck implements Callable<Integer> {
    /** What was checked. */
    private record Checked(Path file, DbsConfig configuration) {}

    private static final List<Column<Checked>> COLUMNS =
            List.of(
                    Column.text("file", "FILE", checked -> checked.file.toString()),
                    Column.count(
                            "targetCount",
                            "TARGETS",
                            checked -> (long) checked.configuration.targets().size()),
                    Column.count(
                            "deviceCount",
                            "DEVICES",
                            checked -> (long) checked.configuration.devices().size()));

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The main file; without it as --config.")
    @Nullable Path file;

    @Mixin ConfigChoice choice = new ConfigChoice();

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        Path main = main(dbsctl);
        DbsConfig configuration = ConfigReader.read(main);
        dbsctl.printer()
                .done(
                        "%s is good: %d targets, %d devices"
                                .formatted(
                                        main,
                                        configuration.targets().size(),
                                        configuration.devices().size()),
                        COLUMNS,
                        new Checked(main, configuration));
        return ExitCode.OK.number();
    }

    private Path main(Dbsctl dbsctl) throws CommandFailure {
        Optional<Path> named = Optional.ofNullable(file).or(() -> choice.named(dbsctl));
        if (named.isPresent()) {
            return named.get();
        }
        Configuration served = choice.find(dbsctl);
        return served.file()
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.NOT_FOUND,
                                "the server has no file on this machine",
                                "name one"));
    }
}
