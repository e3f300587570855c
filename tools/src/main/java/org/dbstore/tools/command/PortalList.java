package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists portals. */
@Command(
        name = "list",
        description = "List where the server listens.",
        footer = {"", "Example:", "  dbsctl portal list"})
final class PortalList extends ConfigQuery {
    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        List<Map<String, @Nullable Object>> rows =
                configuration.value("portals").stream()
                        .flatMap(list -> list instanceof List<?> all ? all.stream() : null)
                        .map(PortalList::row)
                        .toList();
        dbsctl().printer().rows(FieldColumns.of(rows, "address", "group"), rows);
    }

    /** A portal is its address, or a map of that and a group. */
    private static Map<String, @Nullable Object> row(Object portal) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("address", portal);
        row.put("group", "1");
        if (portal instanceof Map<?, ?> map) {
            map.forEach((key, value) -> row.put(String.valueOf(key), value));
        }
        return row;
    }
}
