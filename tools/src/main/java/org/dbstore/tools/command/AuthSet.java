package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes a secret. */
@Command(
        name = "set",
        description = {
            "Give a user another secret. Sessions go on; the next login needs it.",
            "Without an option it is asked for, and kept in a file beside the configuration."
        },
        footer = {"", "Example:", "  dbsctl auth set staff alice"})
final class AuthSet extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
    String group = "";

    @Parameters(index = "1", paramLabel = "USER", description = "Name that the initiator gives.")
    String user = "";

    @Mixin SecretSource secret = new SecretSource();

    private Map<String, String> before = Map.of();

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigTree tree = tree(configuration);
        before = SecretSource.files(tree);
        if (!tree.names("auth-groups", group, "users").contains(user)) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "group %s has no user %s".formatted(group, user),
                    "'auth add' makes one");
        }
        Edit set = secret.edit(dbsctl(), configuration, group, user);
        List<Edit> edits = new ArrayList<>();
        // A user has one place for the secret; the other one goes.
        for (String key : List.of("secret-file", "secret-env")) {
            List<String> path = List.of("auth-groups", group, "users", user, key);
            if (!path.equals(set.path()) && tree.value(path.toArray(new String[0])).isPresent()) {
                edits.add(new Edit.Remove(path));
            }
        }
        edits.add(set);
        return edits;
    }

    @Override
    void follow(Configuration configuration) throws ConfigException, IOException {
        SecretSource.deleteUnneeded(configuration, before);
    }

    @Override
    void undo() throws IOException {
        secret.forget();
    }

    @Override
    String done() {
        return "Changed the secret of user " + user + " of group " + group;
    }
}
