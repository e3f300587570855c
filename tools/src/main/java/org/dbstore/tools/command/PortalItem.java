package org.dbstore.tools.command;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Map;

/** A portal, as "portal add" and "portal remove" take it. */
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
        return group == 1 ? address : Map.of("address", address, "group", Integer.toString(group));
    }
}
