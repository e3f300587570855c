package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.commit.Transaction;

/** Changes of what is known of a frozen snapshot, with the management lock held. */
final class SnapshotRecords {
    private final Management management;

    SnapshotRecords(Management management) {
        this.management = management;
    }

    /** A change of facts. */
    @FunctionalInterface
    interface Change {
        SnapshotFacts of(SnapshotFacts present) throws BackendException;
    }

    /** Makes a change durable. */
    void change(int id, Change change) throws BackendException {
        management.checkWritable();
        Layer layer = management.layer(id);
        VolumeRecord volume = management.volumeOf(layer);
        if (layer.id() == volume.headId()) {
            throw new BackendException(
                    BackendError.BUSY,
                    "snapshot %d is the head of %s".formatted(id, volume.title()));
        }
        Transaction changing = new Transaction();
        SnapshotFacts changed =
                new Records(management).put(changing, volume, layer, change.of(layer.facts()));
        management.commit(changing);
        layer.setFacts(changed);
    }
}
