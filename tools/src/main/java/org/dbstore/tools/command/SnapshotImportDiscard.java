package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Undoes an import that broke off. */
@Command(
        name = "import-discard",
        description = {
            "Undo an import that broke off: after an increment the volume is what its newest",
            "snapshot is; a volume that a full stream was to make goes away."
        },
        footer = {"", "Example:", "  dbsctl snapshot import-discard vm1 --yes"})
final class SnapshotImportDiscard extends StoreChange {
    @Parameters(paramLabel = "VOLUME", description = "Name of the volume.")
    String name = "";

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        VolumeInfo info = store.volume(name);
        if (store.importToken(name).isPresent()) {
            confirmation.require(
                    dbsctl().terminal(),
                    ExitCode.USAGE,
                    "what was received into " + name + " will be lost");
        }
        store.discardImport(name);
        dbsctl().printer().done("Discarded the import into " + name, Rows.VOLUME, info);
    }
}
