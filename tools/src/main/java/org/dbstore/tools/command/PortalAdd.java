package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;

/** Adds a portal. */
@Command(
        name = "add",
        description = "Listen at a further address.",
        footer = {"", "Example:", "  dbsctl portal add 192.0.2.7:3260"})
final class PortalAdd extends ConfigEdit {
    @Mixin PortalItem portal = new PortalItem();

    @Override
    List<Edit> edits(Configuration configuration) {
        return List.of(new Edit.Add(PortalItem.SECTION, portal.item()));
    }

    @Override
    String done() {
        return "Listens at " + portal.address;
    }
}
