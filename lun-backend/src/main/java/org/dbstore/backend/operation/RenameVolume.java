package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;

/**
 * Gives a volume another name; it may be in use. Its identity stays: it is in the catalogue from
 * then on. On a device without room for one, the identity follows the name when it is opened again.
 */
public final class RenameVolume {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public RenameVolume(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param name present name, or "#slot"
     * @param newName not in use
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#ALREADY_EXISTS}, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(String name, String newName) throws BackendException {
        VolumeNames.check(newName);
        management.lockedDo(() -> {
            management.checkWritable();
            VolumeRecord volume = management.directory().volume(name);
            if (!volume.name().equals(newName)) {
                management.directory().checkNameUnused(newName);
                Transaction renaming = new Transaction();
                Tables.writeVolumeName(renaming, volume.slot(), volume.nameLengthBytes(), newName);
                if (management.catalogue().ensure()) {
                    new Records(management).put(renaming, volume, newName, volume.facts());
                }
                management.commit(renaming);
                volume.setName(newName);
            }
        });
    }
}
