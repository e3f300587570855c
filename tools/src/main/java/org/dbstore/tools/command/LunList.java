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

/** Lists LUNs. */
@Command(
        name = "list",
        description = "List the LUNs of a target, or of all.",
        footer = {"", "Example:", "  dbsctl lun list"})
final class LunList extends ConfigQuery {
    @Parameters(
            arity = "0..1",
            paramLabel = "TARGET",
            description = "Name of a target; all without it.")
    @Nullable String target;

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        if (target != null) {
            require(configuration, "target", "targets", target);
        }
        List<Map<String, @Nullable Object>> rows =
                configuration.names("targets").stream()
                        .filter(name -> target == null || name.equals(target))
                        .flatMap(name ->
                                configuration.names("targets", name, "luns").stream()
                                        .map(lun -> row(configuration, name, lun)))
                        .toList();
        dbsctl().printer().rows(FieldColumns.of(rows, "target", "lun", "device", "volume"), rows);
    }

    private static Map<String, @Nullable Object> row(
            ConfigTree configuration, String target, String lun) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("target", target);
        row.putAll(named(configuration, "lun", "targets", target, "luns", lun));
        return row;
    }
}
