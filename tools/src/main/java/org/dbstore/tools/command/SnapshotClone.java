package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.transfer.ProgressDisplay;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies a snapshot. */
@Command(
        name = "clone",
        description = "Copy what a snapshot, or a volume as it is, holds into a new volume.",
        footer = {"", "Example:", "  dbsctl snapshot clone vm1@3 vm1-test"})
final class SnapshotClone extends StoreChange {
    @Parameters(
            index = "0",
            paramLabel = "VOLUME[@SNAPSHOT]",
            converter = SourceName.Converter.class,
            description = "What is copied.")
    SourceName source = SourceName.NONE;

    @Parameters(
            index = "1",
            paramLabel = "NEWVOLUME",
            description = "1 to 255 bytes without / and @.")
    String newVolume = "";

    @Override
    void run(BlockStore store) throws BackendException, CommandFailure {
        int id = source.layer(store).id();
        try (ProgressDisplay progress = ProgressDisplay.begin(dbsctl().terminal(), "Clone")) {
            store.cloneSnapshot(id, newVolume, progress);
        }
        dbsctl().printer()
                .done(
                        "Cloned " + source + " into volume " + newVolume,
                        Rows.VOLUME,
                        store.volume(newVolume));
    }
}
