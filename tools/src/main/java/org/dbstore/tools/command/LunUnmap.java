package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Takes a LUN away. */
@Command(
        name = "unmap",
        description = "Show a volume no longer. Its contents stay.",
        footer = {"", "Example:", "  dbsctl lun unmap iqn.2026-01.org.example:vm1 0"})
final class LunUnmap extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(index = "1", paramLabel = "LUN", description = "Its number, 0 to 255.")
    int number;

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigTree tree = tree(configuration);
        String lun = Integer.toString(number);
        ConfigQuery.require(tree, "target", "targets", target);
        ConfigQuery.require(tree, "LUN", "targets", target, "luns", lun);
        return List.of(new Edit.Remove(List.of("targets", target, "luns", lun)));
    }

    @Override
    String done() {
        return "Took LUN %d of %s away".formatted(number, target);
    }
}
