package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows a group of users. */
@Command(
        name = "show",
        description = "Show the users of a group, and where their secrets are.",
        footer = {"", "Example:", "  dbsctl auth show staff"})
final class AuthShow extends ConfigQuery {
    @Parameters(paramLabel = "GROUP", description = "Name of the group.")
    String group = "";

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        require(configuration, "auth group", "auth-groups", group);
        List<Map<String, @Nullable Object>> rows =
                configuration.names("auth-groups", group, "users").stream()
                        .map(user -> row(configuration, user))
                        .toList();
        dbsctl().printer().rows(FieldColumns.of(rows, "user"), rows);
    }

    private Map<String, @Nullable Object> row(ConfigTree configuration, String user) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("user", user);
        for (String key :
                List.of(
                        "secret-file",
                        "secret-env",
                        "mutual-name",
                        "mutual-secret-file",
                        "mutual-secret-env")) {
            row.put(key, configuration.text("auth-groups", group, "users", user, key));
        }
        return row;
    }
}
