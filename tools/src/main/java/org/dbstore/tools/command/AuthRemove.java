package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Takes a user, or a group of them, away. */
@Command(
        name = "remove",
        description = "Take a user out of a group, or the whole group away.",
        footer = {
            "",
            "Examples:",
            "  dbsctl auth remove staff alice",
            "  dbsctl auth remove staff"
        })
final class AuthRemove extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
    String group = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "USER",
            description = "Name of the user; the whole group without it.")
    @Nullable String user;

    private Map<String, String> before = Map.of();

    @Override
    List<Edit> edits(Configuration configuration) throws ConfigException, IOException {
        before = SecretSource.files(tree(configuration));
        return List.of(
                new Edit.Remove(
                        user == null
                                ? List.of("auth-groups", group)
                                : List.of("auth-groups", group, "users", user)));
    }

    @Override
    void follow(Configuration configuration) throws ConfigException, IOException {
        SecretSource.deleteUnneeded(configuration, before);
    }

    @Override
    String done() {
        return user == null
                ? "Took group " + group + " away"
                : "Took user " + user + " out of group " + group;
    }
}
