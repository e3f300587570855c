package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.commit.Transaction;

import java.util.BitSet;
import java.util.List;

/**
 * Deletes a volume with its snapshots: marked, then unpublished, then freed. What linked clones
 * share with it stays theirs.
 */
public final class DeleteVolume {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public DeleteVolume(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param name of the volume, or "#slot"
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#BUSY} if it or a
     *     snapshot of it is open; {@link BackendError#CORRUPT} if its chain is not its own; {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(String name) throws BackendException {
        VolumeRecord volume = management.lockOperations(name);
        try {
            management.checkWritable();
            BitSet trees =
                    management.locked(() -> {
                        checkUnused(volume);
                        return unpublish(volume);
                    });
            new LayerPruning(management).run(trees);
        } finally {
            volume.operations().unlock();
        }
    }

    /**
     * Takes a volume out of the table and marks its layers, with the management lock held.
     *
     * @param volume that nobody uses
     * @return ids of the trees that its layers are in
     * @throws BackendException {@link BackendError#FAILED}
     */
    public BitSet unpublish(VolumeRecord volume) throws BackendException {
        Directory directory = management.directory();
        LayerTree tree = new LayerTree(directory);
        List<Layer> layers = tree.layersOf(volume, true);
        Transaction deletion = new Transaction();
        // The head's mark says that the volume goes, so that a power loss between the marks is not
        // taken for the deletion of a few snapshots.
        for (Layer layer : layers) {
            Tables.writeSnapshot(deletion, layer.id(), layer.entry().marked());
            if (layer.id() == volume.headId()) {
                deletion.barrier();
            }
            management.catalogue().removeSnapshot(deletion, layer.id());
        }
        deletion.barrier();
        management.catalogue().removeVolume(deletion, volume.slot());
        Tables.clearVolume(deletion, volume.slot());
        management.commit(deletion);
        for (Layer layer : layers) {
            layer.setEntry(layer.entry().marked());
            layer.setFacts(SnapshotFacts.NONE);
            layer.setDeleting(true);
        }
        directory.remove(volume);
        return tree.trees(layers.stream().map(Layer::id).toList());
    }

    private void checkUnused(VolumeRecord volume) throws BackendException {
        if (volume.isChainBroken()) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        if (volume.view() != null || volume.isCloning()) {
            throw new BackendException(BackendError.BUSY, volume.title() + " is in use");
        }
        for (Layer layer : new LayerTree(management.directory()).layersOf(volume, true)) {
            if (layer.view() != null) {
                throw new BackendException(
                        BackendError.BUSY,
                        "snapshot " + layer.id() + " of " + volume.title() + " is in use");
            }
        }
    }
}
