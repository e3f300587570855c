package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Shows a target. */
@Command(
        name = "show",
        description = "Show what a configuration says of a target.",
        footer = {"", "Example:", "  dbsctl target show iqn.2026-01.org.example:vm1"})
final class TargetShow extends ConfigQuery {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        require(configuration, "target", "targets", target);
        var found = named(configuration, "name", "targets", target);
        dbsctl().printer().details(FieldColumns.of(List.of(found), "name"), found);
    }
}
