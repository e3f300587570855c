package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.Configuration;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Changes a portal. */
@Command(
        name = "set",
        description = {
            "Give a portal another address or group.",
            "Sessions through it that may not stay are cut."
        },
        footer = {"", "Example:", "  dbsctl portal set 192.0.2.7:3260 group=2"})
final class PortalSet extends ConfigEdit {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS[:PORT]",
            description = "IPv4, or IPv6 in brackets; the port is 3260 if left out.")
    String address = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE|KEY-",
            converter = KeyChange.Converter.class,
            description = "address=ADDRESS[:PORT], group=TAG; group- for the default, 1.")
    List<KeyChange> keys = List.of();

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        Map<String, @Nullable Object> portal = PortalCommands.find(tree(configuration), address);
        Edit drop = new Edit.Drop(PortalItem.SECTION, PortalItem.item(portal));
        for (KeyChange change : keys) {
            String key = String.join(".", change.path());
            if (key.equals(PortalCommands.GROUP)) {
                portal.put(
                        key,
                        change.value().isEmpty() ? PortalCommands.DEFAULT_GROUP : change.value());
            } else if (key.equals(PortalCommands.ADDRESS) && !change.value().isEmpty()) {
                portal.put(key, change.value());
            } else {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "'%s' of a portal is not to be set so".formatted(key),
                        "write address=ADDRESS[:PORT], group=TAG or group-");
            }
        }
        return List.of(drop, new Edit.Add(PortalItem.SECTION, PortalItem.item(portal)));
    }

    @Override
    String done() {
        return "Changed portal " + address;
    }
}
