package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists who may log in. */
@Command(
        name = "list",
        description = "List who may log in, and on which terms.",
        footer = {"", "Example:", "  dbsctl acl list"})
final class AclList extends ConfigQuery {
    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        List<Map<String, @Nullable Object>> rows =
                configuration.names("targets").stream()
                        .flatMap(target ->
                                configuration.items("targets", target, "initiators").stream()
                                        .map(initiator -> row(configuration, target, initiator)))
                        .toList();
        dbsctl().printer().rows(FieldColumns.of(rows, "target", "initiator", "authGroup"), rows);
    }

    private static Map<String, @Nullable Object> row(
            ConfigTree configuration, String target, String initiator) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("target", target);
        row.put("initiator", initiator);
        row.put("members", configuration.items("initiator-groups", initiator));
        row.put("authGroup", configuration.text("targets", target, "auth-group"));
        row.put("addresses", configuration.items("targets", target, "addresses"));
        return row;
    }
}
