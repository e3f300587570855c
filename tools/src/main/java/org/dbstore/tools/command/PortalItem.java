package org.dbstore.tools.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Map;

/** A portal, as "portal add" takes it and the configuration has it. */
final class PortalItem {
    /** The section of the configuration. */
    static final List<String> SECTION = List.of("portals");

    @Parameters(
            paramLabel = "ADDRESS[:PORT]",
            description = "IPv4, or IPv6 in brackets; the port is 3260 if left out.")
    String address = "";

    @Option(names = "--group", paramLabel = "TAG", description = "Its portal group (default 1).")
    int group = 1;

    /** As it stands in the section. */
    Object item() {
        return item(address, Integer.toString(group));
    }

    /** A portal that was found, as it stands in the section. */
    static Object item(Map<String, @Nullable Object> portal) {
        return item(
                String.valueOf(portal.get(PortalCommands.ADDRESS)),
                String.valueOf(portal.get(PortalCommands.GROUP)));
    }

    /** A portal of a group as it stands in the section. */
    private static Object item(String address, String group) {
        return group.equals(PortalCommands.DEFAULT_GROUP)
                ? address
                : Map.of(PortalCommands.ADDRESS, address, PortalCommands.GROUP, group);
    }
}
