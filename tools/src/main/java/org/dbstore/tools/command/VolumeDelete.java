package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes a volume. */
@Command(
        name = "delete",
        description = "Delete a volume and all its snapshots.",
        footer = {"", "Example:", "  dbsctl volume delete vm1 --yes"})
final class VolumeDelete extends StoreChange {
    @Parameters(paramLabel = "VOLUME", description = "Name, or #SLOT if the name cannot be typed.")
    String volume = "";

    @Mixin Confirmation confirmation = new Confirmation();

    @Option(names = "--dry-run", description = "Only say what would be won.")
    boolean dryRun;

    @Override
    boolean opensReadOnly() {
        return dryRun;
    }

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        VolumeInfo info = store.volume(volume);
        if (dryRun) {
            long freed = store.freedByDeletingVolume(volume);
            dbsctl().printer()
                    .done(
                            "Deleting volume %s would free %s"
                                    .formatted(volume, ByteSize.format(freed)),
                            SpaceRows.WIN,
                            new SpaceRows.Win(volume, freed));
            return;
        }
        confirmation.require(
                dbsctl().terminal(),
                ExitCode.USAGE,
                "volume %s with %s of data and %d snapshots will be lost"
                        .formatted(
                                volume,
                                ByteSize.format(info.mappedBytes()),
                                info.snapshotCount() - 1));
        store.deleteVolume(volume);
        dbsctl().printer().done("Deleted volume " + volume, Rows.VOLUME, info);
    }
}
