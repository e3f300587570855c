package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Shows a LUN. */
@Command(
        name = "show",
        description = "Show what a configuration says of a LUN.",
        footer = {"", "Example:", "  dbsctl lun show iqn.2026-01.org.example:vm1 0"})
final class LunShow extends ConfigQuery {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(index = "1", paramLabel = "LUN", description = "Its number, 0 to 255.")
    int number;

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        require(configuration, "target", "targets", target);
        String lun = Integer.toString(number);
        require(configuration, "LUN", "targets", target, "luns", lun);
        var found = named(configuration, "lun", "targets", target, "luns", lun);
        dbsctl().printer().details(FieldColumns.of(List.of(found), "lun"), found);
    }
}
