package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Adds a portal. */
@Command(
        name = "add",
        description = "Listen at a further address.",
        footer = {"", "Example:", "  dbsctl portal add 192.0.2.7:3260"})
final class PortalAdd extends ConfigEdit {
    @Parameters(
            paramLabel = "ADDRESS[:PORT]",
            description = "IPv4, or IPv6 in brackets; the port is 3260 if left out.")
    String address = "";

    @Option(names = "--group", paramLabel = "TAG", description = "Its portal group (default 1).")
    int group = 1;

    @Override
    List<Edit> edits(Configuration configuration) {
        return List.of(new Edit.Add(List.of("portals"), PortalCommands.item(address, group)));
    }

    @Override
    String done() {
        return "Listens at " + address;
    }
}
