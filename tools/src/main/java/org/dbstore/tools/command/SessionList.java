package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.util.List;

/** Lists sessions. */
@Command(
        name = "list",
        description = "List the sessions of a running server.",
        footer = {"", "Example:", "  dbsctl session list"})
final class SessionList extends ServerCommand {
    /** What fits a line; the rest is that of "session show". */
    private static final List<String> SHOWN =
            List.of("id", "target", "initiator", "user", "address", "portal", "since", "commands");

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        list(client, ApiPath.of("sessions"), SHOWN);
    }
}
