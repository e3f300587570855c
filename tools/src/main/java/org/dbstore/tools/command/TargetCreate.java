package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.Configuration;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes a target. */
@Command(
        name = "create",
        description =
                "Make a target. Nobody may log in until it is said who: --initiator, or 'acl add'.",
        footer = {
            "",
            "Example:",
            "  dbsctl target create iqn.2026-01.org.example:vm1 --initiator"
                    + " 'iqn.1993-08.org.debian:*'"
        })
final class TargetCreate extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Option(names = "--alias", paramLabel = "TEXT", description = "A name for people.")
    @Nullable String alias;

    @Option(
            names = "--initiator",
            paramLabel = "PATTERN",
            description = "Who may log in: a name, a pattern, a group, or any.")
    List<String> initiators = List.of();

    @Option(
            names = "--auth-group",
            paramLabel = "GROUP",
            description = "Whose users may log in, by CHAP.")
    @Nullable String authGroup;

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        if (tree(configuration).names("targets").contains(target.toLowerCase(Locale.ROOT))) {
            throw new CommandFailure(
                    ExitCode.EXISTS,
                    "there is a target " + target + " already",
                    "'target set' changes it");
        }
        List<Edit> edits = new ArrayList<>();
        List<String> path = List.of("targets", target);
        edits.add(new Edit.Set(path, Map.of()));
        if (alias != null) {
            edits.add(new Edit.Set(List.of("targets", target, "alias"), alias));
        }
        if (!initiators.isEmpty()) {
            edits.add(new Edit.Set(List.of("targets", target, "initiators"), initiators));
        }
        if (authGroup != null) {
            edits.add(new Edit.Set(List.of("targets", target, "auth-group"), authGroup));
        }
        return edits;
    }

    @Override
    String done() {
        return "Made target " + target;
    }
}
