package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;

/** Lists linked clones and what they are of. */
@Command(
        name = "list",
        description =
                "List the volumes that share space with another one: linked clones that were not"
                        + " flattened, and what they were made of.",
        footer = {"", "Example:", "  dbsctl clone list"})
final class CloneList extends StoreQuery {
    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer()
                .rows(
                        SpaceRows.VOLUME,
                        store.space().volumes().stream()
                                .filter(volume -> volume.sharedBytes() > 0)
                                .toList());
    }
}
