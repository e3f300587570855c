package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;

/** Creates an empty thin volume: its layer, then the body of its entry, then the id. */
public final class CreateVolume {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public CreateVolume(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param name of the new volume
     * @param sizeBytes rounded up to 1 MiB
     * @throws BackendException {@link BackendError#INVALID}, {@link BackendError#ALREADY_EXISTS},
     *     {@link BackendError#LIMIT}, {@link BackendError#NO_SPACE}, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(String name, long sizeBytes) throws BackendException {
        VolumeNames.check(name);
        long size = VolumeNames.roundSize(sizeBytes);
        management.lockedDo(() -> {
            management.checkWritable();
            Directory directory = management.directory();
            directory.checkNameUnused(name);
            int slot = directory.freeSlot();
            int id = directory.freeId();
            SnapshotEntry head = new SnapshotEntry(0, Management.now());
            Transaction creation = new Transaction();
            VolumeFacts facts = new Records(management).create(creation, slot, name);
            Tables.writeSnapshot(creation, id, head);
            Tables.writeVolumeBody(creation, slot, size, name);
            creation.barrier();
            Tables.writeVolumeHead(creation, slot, id);
            management.commit(creation);
            directory.addLayer(id, head);
            VolumeRecord volume = new VolumeRecord(slot, name, true, size, id);
            volume.setFacts(facts);
            directory.add(volume);
        });
    }
}
