package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows a target. */
@Command(
        name = "show",
        description = {
            "Show what a configuration says of a target.",
            "Of a running server also how good the ways to it are now (ALUA): initiators may have"
                    + " changed that."
        },
        footer = {"", "Example:", "  dbsctl target show iqn.2026-01.org.example:vm1"})
final class TargetShow extends ConfigQuery {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    private List<TargetView> served = List.of();

    @Override
    void run(Configuration configuration) throws CommandFailure, ConfigException, IOException {
        served = configuration.targets();
        super.run(configuration);
    }

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        require(configuration, "target", "targets", target);
        var found = named(configuration, "name", "targets", target);
        served.stream()
                .filter(view -> view.name().equals(target))
                .forEach(view -> found.put("accessStatesNow", states(view)));
        dbsctl().printer().details(FieldColumns.of(List.of(found), "name"), found);
    }

    private static Map<String, String> states(TargetView view) {
        Map<String, String> states = new LinkedHashMap<>();
        view.accessStates()
                .forEach(each -> states.put(Integer.toString(each.group()), each.state()));
        return states;
    }
}
