package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.transfer.ProgressDisplay;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a volume of a snapshot. */
@Command(
        name = "clone",
        description = {
            "Copy what a snapshot, or a volume as it is, holds into a new volume.",
            "With --linked nothing is copied: the new volume is there at once and shares space with"
                    + " the snapshot. Either may be deleted first; 'dbsctl volume flatten' ends the"
                    + " sharing. While there are linked clones only this program can read the"
                    + " device."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl snapshot clone vm1@3 vm1-test",
            "  dbsctl snapshot clone vm1@3 vm1-test --linked",
            "  dbsctl snapshot clone vm1 vm1-test --linked   of a new snapshot, which stays"
        })
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

    @Option(names = "--linked", description = "Share space with the snapshot; copy nothing.")
    boolean linked;

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        int id = source.layer(store).id();
        if (linked) {
            store.linkClone(id, newVolume);
        } else {
            copy(store, id);
        }
        dbsctl().printer()
                .done(
                        (linked ? "Linked " + source + " to" : "Cloned " + source + " into")
                                + " volume "
                                + newVolume,
                        Rows.VOLUME,
                        store.volume(newVolume));
    }

    private void copy(Store store, int id) throws BackendException {
        try (ProgressDisplay progress = ProgressDisplay.begin(dbsctl().terminal(), "Clone")) {
            store.cloneSnapshot(id, newVolume, progress);
        }
    }
}
