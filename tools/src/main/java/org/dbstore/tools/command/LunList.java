package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Lists LUNs. */
@Command(
        name = "list",
        description = {
            "List the LUNs of a target, or of all.",
            "Of a running server also the snapshots that appear by themselves, and whether a LUN is"
                    + " served: 'dbsctl status' says why one is not."
        },
        footer = {"", "Example:", "  dbsctl lun list"})
final class LunList extends ConfigQuery {
    @Parameters(
            arity = "0..1",
            paramLabel = "TARGET",
            description = "Name of a target; all without it.")
    @Nullable String target;

    private List<TargetView> served = List.of();

    @Override
    void run(Configuration configuration) throws CommandFailure, ConfigException, IOException {
        served = configuration.targets();
        super.run(configuration);
    }

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        if (target != null) {
            require(configuration, "target", "targets", target);
        }
        List<Map<String, @Nullable Object>> rows =
                configuration.names("targets").stream()
                        .filter(name -> target == null || name.equals(target))
                        .flatMap(name ->
                                Stream.concat(
                                        configuration.names("targets", name, "luns").stream()
                                                .map(lun -> row(configuration, name, lun)),
                                        automatic(name)))
                        .toList();
        String[] first = {"target", "lun", "device", "volume", "snapshot", "automatic", "served"};
        dbsctl().printer().rows(FieldColumns.of(rows, first), rows);
    }

    private Map<String, @Nullable Object> row(ConfigTree configuration, String target, String lun) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("target", target);
        row.putAll(named(configuration, "lun", "targets", target, "luns", lun));
        served.stream()
                .filter(view -> view.name().equals(target))
                .forEach(view ->
                        row.put("served", !view.missingLuns().contains(Integer.valueOf(lun))));
        return row;
    }

    /** The snapshots that a target shows by themselves. */
    private Stream<Map<String, @Nullable Object>> automatic(String target) {
        return served.stream()
                .filter(view -> view.name().equals(target))
                .flatMap(view -> view.luns().stream())
                .filter(TargetView.Lun::automatic)
                .map(lun -> {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("target", target);
                    row.put("lun", Integer.toString(lun.number()));
                    row.put("device", lun.device());
                    row.put("volume", lun.volume());
                    row.put("snapshot", lun.snapshot().orElse(null));
                    row.put("automatic", true);
                    row.put("served", true);
                    return row;
                });
    }
}
