package org.dbstore.tools.command;

import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Shows a session. */
@Command(
        name = "show",
        description = "Show one session.",
        footer = {"", "Example:", "  dbsctl session show 3"})
final class SessionShow extends ServerCommand {
    @Parameters(paramLabel = "SESSION", description = "Its number, as 'session list' shows it.")
    String session = "";

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        var found = named(client, "session", session);
        dbsctl().printer()
                .details(FieldColumns.of(List.of(found), "id", "target", "initiator"), found);
    }
}
