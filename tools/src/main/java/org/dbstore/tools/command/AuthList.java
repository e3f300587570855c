package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists groups of users. */
@Command(
        name = "list",
        description = "List groups of CHAP users, and the targets that use them.",
        footer = {"", "Example:", "  dbsctl auth list"})
final class AuthList extends ConfigQuery {
    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        List<Map<String, @Nullable Object>> rows =
                configuration.names("auth-groups").stream()
                        .map(group -> row(configuration, group))
                        .toList();
        dbsctl().printer().rows(FieldColumns.of(rows, "name", "users", "algorithms"), rows);
    }

    /** Where secrets are is shown by {@code auth show}; what they are, by nothing. */
    static Map<String, @Nullable Object> row(ConfigTree configuration, String group) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", group);
        row.put("users", configuration.names("auth-groups", group, "users"));
        row.put("algorithms", configuration.items("auth-groups", group, "algorithms"));
        row.put(
                "targets",
                configuration.names("targets").stream()
                        .filter(target ->
                                group.equals(configuration.text("targets", target, "auth-group")))
                        .toList());
        return row;
    }
}
