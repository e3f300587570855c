package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a snapshot. */
@Command(
        name = "create",
        description = "Keep what a volume holds now as a snapshot.",
        footer = {"", "Example:", "  dbsctl snapshot create vm1"})
final class SnapshotCreate extends StoreChange {
    @Parameters(paramLabel = "VOLUME", description = "Name of the volume.")
    String volume = "";

    @Override
    void run(BlockStore store) throws BackendException, CommandFailure {
        SourceName name = new SourceName(volume, store.createSnapshot(volume));
        dbsctl().printer()
                .done(
                        "Took snapshot " + name,
                        Rows.SNAPSHOT,
                        new Rows.Snapshot(volume, name.snapshot(store)));
    }
}
