package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.FieldColumns;

import picocli.CommandLine.Command;

import java.io.IOException;

/** Lists jobs. */
@Command(
        name = "list",
        description = "List the jobs of a running server.",
        footer = {"", "Example:", "  dbsctl job list"})
final class JobList extends ServerCommand {
    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        var jobs = objects(client, ApiPath.of("jobs"));
        dbsctl().printer().rows(FieldColumns.of(jobs, "id", "kind", "subject", "state"), jobs);
    }
}
