package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.List;

/** Keeps initiators out. */
@Command(
        name = "remove",
        description = "Let initiators log in no longer; their sessions are cut.",
        footer = {
            "",
            "Example:",
            "  dbsctl acl remove iqn.2026-01.org.example:vm1 iqn.1993-08.org.debian:01:abc"
        })
final class AclRemove extends ConfigEdit {
    @Mixin AclItems items = new AclItems();

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigQuery.require(tree(configuration), "target", "targets", items.target);
        return items.edits(Edit.Drop::new);
    }

    @Override
    String done() {
        return "May log in at " + items.target + " no longer: " + items.names();
    }
}
