package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Takes a portal away. */
@Command(
        name = "remove",
        description = "Listen at an address no longer. Sessions through it are cut.",
        footer = {"", "Example:", "  dbsctl portal remove 192.0.2.7:3260"})
final class PortalRemove extends ConfigEdit {
    @Parameters(
            paramLabel = "ADDRESS[:PORT]",
            description = "IPv4, or IPv6 in brackets; the port is 3260 if left out.")
    String address = "";

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        var portal = PortalCommands.find(tree(configuration), address);
        return List.of(new Edit.Drop(PortalItem.SECTION, PortalItem.item(portal)));
    }

    @Override
    String done() {
        return "Listens no longer at " + address;
    }
}
