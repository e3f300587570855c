package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;

import java.io.IOException;

/** Lists sessions. */
@Command(
        name = "list",
        description = "List the sessions of a running server.",
        footer = {"", "Example:", "  dbsctl session list"})
final class SessionList extends ServerCommand {
    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        var sessions = objects(client, ApiPath.of("sessions"));
        dbsctl().printer().rows(FieldColumns.of(sessions, "id", "target", "initiator"), sessions);
    }
}
