package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.StoredVolume;

/**
 * Freezes the head of a volume, which may be in use: its requests end, everything is committed, the
 * new head's entry is written and then its id into the volume; only then do requests go on.
 */
public final class CreateSnapshot {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public CreateSnapshot(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param volumeName of the volume, or "#slot"
     * @return id of what was frozen
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#LIMIT}, {@link
     *     BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public int run(String volumeName) throws BackendException {
        VolumeRecord volume = management.lockOperations(volumeName);
        try {
            management.checkWritable();
            // Most of the work, while the volume goes on; what is left afterwards is short.
            management.parts().commits().flush();
            return management.locked(() -> freeze(volume));
        } finally {
            volume.operations().unlock();
        }
    }

    private int freeze(VolumeRecord volume) throws BackendException {
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        int frozen = volume.headId();
        int id = management.directory().freeId();
        StoredVolume view = volume.view();
        if (view == null) {
            publish(volume, frozen, id);
        } else {
            view.freeze(() -> publish(volume, frozen, id));
        }
        return frozen;
    }

    private int publish(VolumeRecord volume, int frozen, int id) throws BackendException {
        SnapshotEntry head = new SnapshotEntry(frozen, Management.now());
        Transaction creation = new Transaction();
        Tables.writeSnapshot(creation, id, head);
        creation.barrier();
        Tables.writeVolumeHead(creation, volume.slot(), id);
        management.commit(creation); // after all that belongs to the snapshot
        management.directory().addLayer(id, head);
        volume.setHeadId(id);
        return id;
    }
}
