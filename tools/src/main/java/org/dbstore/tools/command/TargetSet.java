package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Changes a target. */
@Command(
        name = "set",
        description = "Set or remove keys of a target: alias, auth-group, max-sessions ...",
        footer = {
            "",
            "Example:",
            "  dbsctl target set iqn.2026-01.org.example:vm1 alias=web max-sessions=8 auth-group-"
        })
final class TargetSet extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE|KEY-",
            converter = KeyChange.Converter.class,
            description = "Set a key of docs/config.md, or remove it; a dot leads into a map.")
    List<KeyChange> keys = List.of();

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigQuery.require(tree(configuration), "target", "targets", target);
        return keys.stream().map(key -> key.below("targets", target)).toList();
    }

    @Override
    String done() {
        return "Changed target " + target;
    }
}
