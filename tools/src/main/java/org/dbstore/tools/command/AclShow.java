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
import java.util.stream.Stream;

/** Shows who may log in at a target. */
@Command(
        name = "show",
        description = {
            "Show who may log in at a target, and on which terms.",
            "Groups are shown as their members."
        },
        footer = {"", "Example:", "  dbsctl acl show iqn.2026-01.org.example:vm1"})
final class AclShow extends ConfigQuery {
    @Parameters(paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Override
    void run(ConfigTree configuration) throws CommandFailure {
        require(configuration, "target", "targets", target);
        Map<String, @Nullable Object> acl = new LinkedHashMap<>();
        acl.put("target", target);
        acl.put(
                "initiators",
                configuration.items("targets", target, "initiators").stream()
                        .flatMap(initiator -> members(configuration, initiator))
                        .toList());
        acl.put("authGroup", configuration.text("targets", target, "auth-group"));
        acl.put("addresses", configuration.items("targets", target, "addresses"));
        acl.put("portalGroups", configuration.items("targets", target, "portal-groups"));
        dbsctl().printer().details(FieldColumns.of(List.of(acl)), acl);
    }

    private static Stream<String> members(ConfigTree configuration, String initiator) {
        List<String> members = configuration.items("initiator-groups", initiator);
        return members.isEmpty() ? Stream.of(initiator) : members.stream();
    }
}
