package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.stream.PartialImport;
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
    void run(BlockStore store) throws BackendException, CommandFailure {
        VolumeInfo info = store.volume(name);
        PartialImport partial = new PartialImport(store, name);
        if (partial.token().isPresent()) {
            confirmation.require(
                    dbsctl().terminal(),
                    ExitCode.USAGE,
                    "what was received into " + name + " will be lost");
        }
        partial.discard();
        dbsctl().printer().done("Discarded the import into " + name, Rows.VOLUME, info);
    }
}
