package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;

/** Shows who uses the space of a device. */
@Command(
        name = "space",
        description = {
            "Show what the extents of a device are used for.",
            "Used, free and reserved make the total; what one volume and what several show,",
            "pending deletions and lost extents make what is used."
        },
        footer = {"", "Example:", "  dbsctl device space -d main.dbs"})
final class DeviceSpace extends StoreQuery {
    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer().details(SpaceRows.DEVICE, store.space());
    }
}
