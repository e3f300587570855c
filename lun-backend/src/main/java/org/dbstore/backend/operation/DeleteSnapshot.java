package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;

import java.util.List;

/** Deletes a frozen snapshot: marked, then merged into the layer above; nothing else changes. */
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
            management.locked(() -> mark(volume, id)).run();
        } finally {
            volume.operations().unlock();
        }
    }

    private SnapshotMerge mark(VolumeRecord volume, int id) throws BackendException {
        Layer doomed = management.layer(id);
        management.volumeOf(doomed);
        List<Layer> chain = management.directory().chain(volume.headId());
        int at = chain.indexOf(doomed);
        if (at == 0) {
            throw new BackendException(
                    BackendError.BUSY,
                    "snapshot %d is the head of %s; only what is frozen can be deleted"
                            .formatted(id, volume.title()));
        }
        if (doomed.view() != null) {
            throw new BackendException(
                    BackendError.BUSY, "snapshot " + id + " of " + volume.title() + " is in use");
        }
        SnapshotMerge merge = new SnapshotMerge(management, volume, doomed, chain.get(at - 1));
        try {
            SnapshotEntry marked = doomed.entry().marked();
            Transaction marking = new Transaction();
            Tables.writeSnapshot(marking, id, marked);
            management.commit(marking);
            doomed.setEntry(marked);
            doomed.setDeleting(true);
        } catch (BackendException | RuntimeException | Error e) {
            merge.abandon();
            throw e;
        }
        return merge;
    }
}
