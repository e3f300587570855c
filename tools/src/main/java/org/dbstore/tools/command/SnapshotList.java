package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists snapshots. */
@Command(
        name = "list",
        description =
                "List the snapshots of a volume, or of all, newest first. The head is the layer"
                        + " that is written.",
        footer = {"", "Example:", "  dbsctl snapshot list vm1"})
final class SnapshotList extends StoreQuery {
    @Parameters(
            arity = "0..1",
            paramLabel = "VOLUME",
            description = "Name of a volume; all without it.")
    @Nullable String volume;

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer()
                .rows(
                        Rows.SNAPSHOT,
                        volume == null ? Rows.snapshots(store) : Rows.snapshots(store, volume));
    }
}
