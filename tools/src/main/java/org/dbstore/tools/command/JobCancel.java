package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;

/** Ends a job. */
@Command(
        name = "cancel",
        description = "Have a job end. What it did until then stays where that makes sense.",
        footer = {"", "Example:", "  dbsctl job cancel 7"})
final class JobCancel extends ServerCommand {
    @Parameters(paramLabel = "JOB", description = "Its number, as 'job list' shows it.")
    String job = "";

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        var before = named(client, "job", job);
        if (before.get("endedAt") != null) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "job %s has ended already: %s".formatted(job, before.get("state")),
                    "nothing was changed");
        }
        ApiPath path = ApiPath.of("jobs", job);
        client.delete(path);
        var found = object(client, path);
        dbsctl().printer()
                .done("Job " + job + " is to end", FieldColumns.of(List.of(found), "id"), found);
    }
}
