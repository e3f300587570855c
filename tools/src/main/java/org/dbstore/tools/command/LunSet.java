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

/** Changes a LUN. */
@Command(
        name = "set",
        description = "Set or remove keys of a LUN: cache, read-only, qos.iops, snapshots ...",
        footer = {
            "",
            "Example:",
            "  dbsctl lun set iqn.2026-01.org.example:vm1 0 cache=writeback qos.iops=500"
        })
final class LunSet extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(index = "1", paramLabel = "LUN", description = "Its number, 0 to 255.")
    int number;

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE|KEY-",
            converter = KeyChange.Converter.class,
            description = "Set a key of docs/config.md, or remove it; a dot leads into a map.")
    List<KeyChange> keys = List.of();

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigTree tree = tree(configuration);
        String lun = Integer.toString(number);
        ConfigQuery.require(tree, "target", "targets", target);
        ConfigQuery.require(tree, "LUN", "targets", target, "luns", lun);
        return keys.stream().map(key -> key.below("targets", target, "luns", lun)).toList();
    }

    @Override
    String done() {
        return "Changed LUN %d of %s".formatted(number, target);
    }
}
