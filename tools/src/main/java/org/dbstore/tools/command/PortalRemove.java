package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;

/** Takes a portal away. */
@Command(
        name = "remove",
        description = "Listen at an address no longer. Sessions through it are cut.",
        footer = {"", "Example:", "  dbsctl portal remove 192.0.2.7:3260"})
final class PortalRemove extends ConfigEdit {
    @Mixin PortalItem portal = new PortalItem();

    @Override
    List<Edit> edits(Configuration configuration) {
        return List.of(new Edit.Drop(PortalItem.SECTION, portal.item()));
    }

    @Override
    String done() {
        return "Listens no longer at " + portal.address;
    }
}
