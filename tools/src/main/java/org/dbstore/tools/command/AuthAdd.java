package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.Configuration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Adds a user. */
@Command(
        name = "add",
        description = {
            "Add a user to a group of CHAP users, which is made if it is not there.",
            "Without an option the secret is asked for, and kept in a file beside the"
                    + " configuration."
        },
        footer = {"", "Example:", "  dbsctl auth add staff alice --secret-file /etc/dbs/alice"})
final class AuthAdd extends ConfigEdit {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
    String group = "";

    @Parameters(index = "1", paramLabel = "USER", description = "Name that the initiator gives.")
    String user = "";

    @Mixin SecretSource secret = new SecretSource();

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        if (tree(configuration).names("auth-groups", group, "users").contains(user)) {
            throw new CommandFailure(
                    ExitCode.EXISTS,
                    "group %s has a user %s already".formatted(group, user),
                    "'auth set' changes the secret");
        }
        return List.of(secret.edit(dbsctl(), configuration, group, user));
    }

    @Override
    void undo() throws IOException {
        secret.forget();
    }

    @Override
    String done() {
        return "Added user " + user + " to group " + group;
    }
}
