package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.util.List;

/** Lists devices. */
@Command(
        name = "list",
        description = "List the devices of a running server.",
        footer = {"", "Example:", "  dbsctl device list"})
final class DeviceList extends ServerCommand {
    /** What fits a line; the rest is that of "device info". */
    private static final List<String> SHOWN =
            List.of(
                    "name",
                    "path",
                    "sizeBytes",
                    "usedBytes",
                    "freeBytes",
                    "volumeCount",
                    "snapshotCount",
                    "failed");

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        list(client, ApiPath.of("devices"), SHOWN);
    }
}
