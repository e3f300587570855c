package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;

/** Lists portals. */
@Command(
        name = "list",
        description = "List where the server listens.",
        footer = {"", "Example:", "  dbsctl portal list"})
final class PortalList extends ConfigQuery {
    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        var rows = PortalCommands.all(configuration);
        dbsctl().printer()
                .rows(FieldColumns.of(rows, PortalCommands.ADDRESS, PortalCommands.GROUP), rows);
    }
}
