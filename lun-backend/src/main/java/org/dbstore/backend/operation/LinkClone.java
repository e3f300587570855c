package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;

import java.util.List;

/**
 * Makes a volume that begins with what a snapshot holds, and shares its extents: a new head above
 * the snapshot.
 */
public final class LinkClone {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public LinkClone(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param id of a snapshot, or of a head: then a snapshot is taken first, and stays
     * @param newName of the clone
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#ALREADY_EXISTS}, {@link BackendError#BUSY}, {@link BackendError#LIMIT},
     *     {@link BackendError#NO_SPACE} on a device without a journal, {@link
     *     BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(int id, String newName) throws BackendException {
        VolumeNames.check(newName);
        VolumeRecord volume = management.locked(() -> management.volumeOf(management.layer(id)));
        management.lockOperations(volume);
        try {
            management.checkWritable();
            management.lockedDo(() -> {
                management.checkGuarded(management.layer(id), volume);
                if (volume.headId() == id) {
                    Views.checkWhole(volume);
                }
                management.directory().checkNameUnused(newName);
                management.directory().freeSlot();
            });
            new SnapshotClaims(management).claim(volume);
            int source =
                    volume.headId() == id
                            ? new CreateSnapshot(management)
                                    .run(List.of(SnapshotRequest.of("#" + volume.slot())))
                                    .getFirst()
                            : id;
            management.lockedDo(() -> publish(volume, source, newName));
        } finally {
            volume.operations().unlock();
        }
    }

    private void publish(VolumeRecord volume, int sourceId, String newName)
            throws BackendException {
        Directory directory = management.directory();
        directory.checkNameUnused(newName);
        int slot = directory.freeSlot();
        int headId = directory.freeId();
        long size = new LayerTree(directory).sizeBytes(management.layer(sourceId));
        SnapshotEntry head = new SnapshotEntry(sourceId, Management.now());
        Transaction creation = new Transaction();
        management.beginBranching(creation);
        VolumeFacts facts = new Records(management).create(creation, slot, newName);
        Tables.writeSnapshot(creation, headId, head);
        Tables.writeVolumeBody(creation, slot, size, newName);
        Tables.writeVolumeHead(creation, slot, headId);
        management.commit(creation);
        directory.setBranched(true);
        directory.addLayer(headId, head);
        VolumeRecord clone = new VolumeRecord(slot, newName, true, size, headId);
        clone.setFacts(facts);
        clone.shareOperations(volume);
        directory.add(clone);
    }
}
