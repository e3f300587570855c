package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;

import java.util.List;

/** Says what files would change. */
@Command(
        name = "plan",
        description = {
            "Say what it would change to read the files again, and which sessions that would cut."
        },
        footer = {"", "Example:", "  dbsctl config plan"})
final class ConfigPlan extends ConfigEdit {
    ConfigPlan() {
        dryRun = true;
    }

    @Override
    List<Edit> edits(Configuration configuration) throws CommandFailure {
        return reread(configuration);
    }

    @Override
    String done() {
        throw new IllegalStateException("a plan does nothing");
    }
}
