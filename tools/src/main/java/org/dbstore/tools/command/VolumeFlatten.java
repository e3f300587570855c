package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.transfer.ProgressDisplay;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Ends the sharing of a linked clone. */
@Command(
        name = "flatten",
        description = {
            "Copy what a linked clone shares with other volumes, so that it needs them no longer.",
            "If it is interrupted, the next run goes on where it ended."
        },
        footer = {"", "Example:", "  dbsctl volume flatten vm1-test"})
final class VolumeFlatten extends StoreChange {
    @Parameters(paramLabel = "VOLUME", description = "Name, or #SLOT if the name cannot be typed.")
    String volume = "";

    @Override
    void run(Store store) throws BackendException {
        store.volume(volume);
        try (ProgressDisplay progress = ProgressDisplay.begin(dbsctl().terminal(), "Flatten")) {
            store.flatten(volume, progress);
        }
        dbsctl().printer().done("Flattened " + volume, Rows.VOLUME, store.volume(volume));
    }
}
