package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;

/** Shows a device. */
@Command(
        name = "info",
        aliases = "show",
        description = "Show size, fill and identity of a device, and what is wrong with it.",
        footer = {"", "Example:", "  dbsctl device info -d main.dbs"})
final class DeviceShow extends StoreQuery {
    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer().details(Rows.DEVICE, Rows.device(store));
    }
}
