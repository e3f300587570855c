package org.dbstore.tools.command;

import org.dbstore.config.PortalConfig;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The verbs of portal. */
@Command(
        name = "portal",
        description = "List, show, add, change and remove addresses to listen at.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PortalList.class,
            PortalShow.class,
            PortalAdd.class,
            PortalSet.class,
            PortalRemove.class
        })
final class PortalCommands {
    static final String ADDRESS = "address";
    static final String GROUP = "group";
    static final String DEFAULT_GROUP = "1";

    /** All portals of a configuration: their addresses and groups. */
    static List<Map<String, @Nullable Object>> all(ConfigTree configuration) {
        return configuration.value("portals").stream()
                .flatMap(list -> list instanceof List<?> all ? all.stream() : Stream.of(list))
                .map(PortalCommands::row)
                .toList();
    }

    /**
     * Finds a portal.
     *
     * @param address however it is written
     * @throws IllegalArgumentException if it is no address
     */
    static Map<String, @Nullable Object> find(ConfigTree configuration, String address)
            throws CommandFailure {
        String canonical = PortalConfig.parse(address, 1).address();
        return all(configuration).stream()
                .filter(portal -> canonical.equals(portal.get(ADDRESS)))
                .findFirst()
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.NOT_FOUND,
                                "there is no portal " + address,
                                "'dbsctl portal list' shows those that there are"));
    }

    /** A portal is its address, or a map of that and a group. */
    private static Map<String, @Nullable Object> row(Object portal) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put(ADDRESS, portal);
        row.put(GROUP, DEFAULT_GROUP);
        if (portal instanceof Map<?, ?> map) {
            map.forEach((key, value) -> row.put(String.valueOf(key), value));
        }
        return row;
    }
}
