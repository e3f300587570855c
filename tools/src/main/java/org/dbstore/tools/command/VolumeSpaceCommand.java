package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what volumes, or the snapshots of one, use. */
@Command(
        name = "space",
        description = {
            "Show what each volume uses, or of one volume each snapshot.",
            "Exclusive is what the deletion of that alone frees."
        },
        footer = {"", "Examples:", "  dbsctl volume space", "  dbsctl volume space vm1"})
final class VolumeSpaceCommand extends StoreQuery {
    @Parameters(
            arity = "0..1",
            paramLabel = "VOLUME",
            description = "Name of a volume; all without it.")
    @Nullable String volume;

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        SpaceInfo space = store.space();
        if (volume == null) {
            dbsctl().printer().rows(SpaceRows.VOLUME, space.volumes());
            return;
        }
        int slot = store.volume(volume).slot();
        dbsctl().printer()
                .rows(
                        SpaceRows.LAYER,
                        space.volumes().stream()
                                .filter(one -> one.slot() == slot)
                                .flatMap(one -> one.snapshots().stream())
                                .map(layer -> new SpaceRows.Layer(volume, layer))
                                .toList());
    }
}
