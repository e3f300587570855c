package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Takes a target away. */
@Command(
        name = "delete",
        description = "Take a target away. Its volumes stay; its sessions are cut.",
        footer = {"", "Example:", "  dbsctl target delete iqn.2026-01.org.example:vm1 --yes"})
final class TargetDelete extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigQuery.require(tree(configuration), "target", "targets", target);
        return List.of(new Edit.Remove(List.of("targets", target)));
    }

    @Override
    String done() {
        return "Took target " + target + " away";
    }
}
