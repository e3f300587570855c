package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;

import java.util.List;

/** Deletes a volume with its snapshots: marked, then unpublished, then freed. */
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
            List<Layer> chain = management.locked(() -> unpublish(volume));
            if (!chain.isEmpty()) {
                List<Integer> ancestors =
                        chain.subList(1, chain.size()).stream().map(Layer::id).toList();
                new LayerRemoval(management).run(chain.getFirst().id(), ancestors);
            }
        } finally {
            volume.operations().unlock();
        }
    }

    private List<Layer> unpublish(VolumeRecord volume) throws BackendException {
        management.checkWritable();
        Directory directory = management.directory();
        List<Layer> chain = directory.chain(volume.headId());
        checkUnused(volume, chain);
        Transaction deletion = new Transaction();
        management.catalogue().removeVolume(deletion, volume.slot());
        if (chain.isEmpty()) {
            Tables.clearVolume(deletion, volume.slot());
            management.commit(deletion);
        } else {
            Layer head = chain.getFirst();
            SnapshotEntry marked = head.entry().marked();
            Tables.writeSnapshot(deletion, head.id(), marked);
            deletion.barrier();
            Tables.clearVolume(deletion, volume.slot());
            management.commit(deletion);
            head.setEntry(marked);
            chain.forEach(layer -> layer.setDeleting(true));
        }
        directory.remove(volume);
        return chain;
    }

    private static void checkUnused(VolumeRecord volume, List<Layer> chain)
            throws BackendException {
        if (volume.isChainBroken()) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        if (volume.view() != null || volume.isCloning()) {
            throw new BackendException(BackendError.BUSY, volume.title() + " is in use");
        }
        for (Layer layer : chain) {
            if (layer.view() != null) {
                throw new BackendException(
                        BackendError.BUSY,
                        "snapshot " + layer.id() + " of " + volume.title() + " is in use");
            }
        }
    }
}
