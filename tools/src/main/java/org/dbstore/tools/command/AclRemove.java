package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "INITIATOR",
            description = "A name, a pattern with *, a group, or any.")
    List<String> initiators = List.of();

    @Override
    List<Edit> edits(Configuration configuration) {
        return initiators.stream()
                .<Edit>map(name -> new Edit.Drop(List.of("targets", target, "initiators"), name))
                .toList();
    }

    @Override
    String done() {
        return "May log in at " + target + " no longer: " + String.join(", ", initiators);
    }
}
