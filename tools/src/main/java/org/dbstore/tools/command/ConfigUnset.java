package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Takes a key away. */
@Command(
        name = "unset",
        description = {"Take a key of the managed file away, and all below it."},
        footer = {
            "",
            "Example:",
            "  dbsctl config unset targets/iqn.2026-01.org.example:vm1/alias"
        })
final class ConfigUnset extends ConfigEdit {
    @Parameters(
            index = "0",
            paramLabel = "KEY",
            description = "Names from the outermost inwards, with dots, or with / if one has dots.")
    String key = "";

    @Override
    List<Edit> edits(Configuration configuration) {
        return List.of(new Edit.Remove(ConfigSet.path(key)));
    }

    @Override
    String done() {
        return "Took " + key + " away";
    }
}
