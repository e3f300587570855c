package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;

import java.util.List;

/** Has files read again. */
@Command(
        name = "apply",
        description = {
            "Have the server read its files again and become what they say, in one transaction.",
            "If a part of it fails, all stays as it was."
        },
        footer = {"", "Example:", "  dbsctl config apply"})
final class ConfigApply extends ConfigEdit {
    @Override
    List<Edit> edits(Configuration configuration) throws CommandFailure {
        return reread(configuration);
    }

    @Override
    String done() {
        return "The configuration is in force";
    }
}
