package org.dbstore.tools.command;

import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Shows a job. */
@Command(
        name = "show",
        description = "Show one job.",
        footer = {"", "Example:", "  dbsctl job show 7"})
final class JobShow extends ServerCommand {
    @Parameters(paramLabel = "JOB", description = "Its number, as 'job list' shows it.")
    String job = "";

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        var found = named(client, "job", job);
        dbsctl().printer()
                .details(FieldColumns.of(List.of(found), "id", "kind", "subject", "state"), found);
    }
}
