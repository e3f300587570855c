package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;

/** Lists volumes. */
@Command(
        name = "list",
        description = "List all volumes.",
        footer = {"", "Example:", "  dbsctl volume list -d main.dbs -o json"})
final class VolumeList extends StoreQuery {
    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer().rows(Rows.VOLUME, store.volumes());
    }
}
