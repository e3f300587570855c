package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Map;

/** Shows a portal. */
@Command(
        name = "show",
        description = "Show an address the server listens at, and the targets behind it.",
        footer = {"", "Example:", "  dbsctl portal show 192.0.2.7:3260"})
final class PortalShow extends ConfigQuery {
    @Parameters(
            paramLabel = "ADDRESS[:PORT]",
            description = "IPv4, or IPv6 in brackets; the port is 3260 if left out.")
    String address = "";

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        Map<String, @Nullable Object> portal;
        try {
            portal = PortalCommands.find(configuration, address);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    String.valueOf(e.getMessage()),
                    "'dbsctl portal list' shows the addresses");
        }
        String group = String.valueOf(portal.get(PortalCommands.GROUP));
        portal.put(
                "targets",
                configuration.names("targets").stream()
                        .filter(target -> isReached(configuration, target, group))
                        .toList());
        dbsctl().printer().details(FieldColumns.of(List.of(portal)), portal);
    }

    private static boolean isReached(ConfigTree configuration, String target, String group) {
        List<String> groups = configuration.items("targets", target, "portal-groups");
        return groups.isEmpty() || groups.contains(group);
    }
}
