package org.dbstore.tools.command;

import org.dbstore.backend.BlockStore;

import picocli.CommandLine.Command;

/** Lists volumes. */
@Command(
        name = "list",
        description = "List all volumes.",
        footer = {"", "Example:", "  dbsctl volume list -d main.dbs -o json"})
final class VolumeList extends StoreQuery {
    @Override
    void run(BlockStore store) {
        dbsctl().printer().rows(Rows.VOLUME, store.volumes());
    }
}
