package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.Catalogue;
import org.dbstore.backend.commit.Transaction;

/** What a SCSI target has to remember of a volume over restarts, such as reservations. */
public final class ScsiStates {
    private final Management management;

    /**
     * Creates the access.
     *
     * @param management of the store
     */
    public ScsiStates(Management management) {
        this.management = management;
    }

    /**
     * Reads the state of a volume.
     *
     * @param name of the volume, or "#slot"
     * @return as it was written; empty without any
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#CORRUPT}
     */
    public byte[] read(String name) throws BackendException {
        return management.locked(() -> {
            VolumeRecord volume = management.directory().volume(name);
            return new Records(management).isKept(volume)
                    ? management.catalogue().scsiState(volume.slot())
                    : new byte[0];
        });
    }

    /**
     * Writes the state of a volume; it is durable afterwards.
     *
     * @param name of the volume, or "#slot"
     * @param state at most {@link Catalogue#SCSI_STATE_BYTES_MAX}; empty for none
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#NO_SPACE}, {@link BackendError#CORRUPT}, {@link BackendError#READ_ONLY},
     *     {@link BackendError#FAILED}
     */
    public void write(String name, byte[] state) throws BackendException {
        management.lockedDo(() -> {
            management.checkWritable();
            VolumeRecord volume = management.directory().volume(name);
            Transaction writing = new Transaction();
            new Records(management).keep(writing, volume);
            management.catalogue().putScsiState(writing, volume.slot(), state);
            management.commit(writing);
        });
    }
}
