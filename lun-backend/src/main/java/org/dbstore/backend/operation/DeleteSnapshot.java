package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;

import java.util.BitSet;
import java.util.List;

/**
 * Deletes a frozen snapshot: marked, then merged into the layer above; nothing else changes. While
 * several layers are above it, it stays hidden.
 */
public final class DeleteSnapshot {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public DeleteSnapshot(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param id of the snapshot
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#BUSY} if it is a
     *     head or open; {@link BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link
     *     BackendError#FAILED}
     */
    public void run(int id) throws BackendException {
        VolumeRecord volume = management.locked(() -> management.volumeOf(management.layer(id)));
        management.lockOperations(volume);
        try {
            management.checkWritable();
            management.parts().commits().flush();
            BitSet trees = management.locked(() -> mark(volume, id));
            new LayerPruning(management).run(trees);
        } finally {
            volume.operations().unlock();
        }
    }

    /** Returns the tree of the layer. */
    private BitSet mark(VolumeRecord volume, int id) throws BackendException {
        Layer doomed = management.layer(id);
        management.checkGuarded(doomed, volume);
        LayerTree tree = new LayerTree(management.directory());
        if (tree.isHead(id)) {
            throw new BackendException(
                    BackendError.BUSY,
                    "snapshot %d is the head of %s; only what is frozen can be deleted"
                            .formatted(id, volume.title()));
        }
        if (doomed.view() != null) {
            throw new BackendException(
                    BackendError.BUSY, "snapshot " + id + " of " + volume.title() + " is in use");
        }
        SnapshotEntry marked = doomed.entry().marked();
        Transaction marking = new Transaction();
        Tables.writeSnapshot(marking, id, marked);
        management.catalogue().removeSnapshot(marking, id);
        management.commit(marking);
        doomed.setEntry(marked);
        doomed.setFacts(SnapshotFacts.NONE);
        doomed.setDeleting(true);
        return tree.trees(List.of(id));
    }
}
