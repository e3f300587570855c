package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists targets. */
@Command(
        name = "list",
        description = "List the targets of a configuration.",
        footer = {"", "Example:", "  dbsctl target list"})
final class TargetList extends ConfigQuery {
    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        List<Map<String, @Nullable Object>> rows =
                configuration.names("targets").stream()
                        .map(name -> row(configuration, name))
                        .toList();
        dbsctl().printer().rows(FieldColumns.of(rows, "name", "alias", "luns", "initiators"), rows);
    }

    private static Map<String, @Nullable Object> row(ConfigTree configuration, String name) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("alias", configuration.text("targets", name, "alias"));
        row.put("luns", (long) configuration.names("targets", name, "luns").size());
        row.put("initiators", configuration.items("targets", name, "initiators"));
        row.put("authGroup", configuration.text("targets", name, "auth-group"));
        return row;
    }
}
