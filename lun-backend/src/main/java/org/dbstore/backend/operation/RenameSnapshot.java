package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.util.Optional;

/** Gives a snapshot a name, or another one; it may be open. */
public final class RenameSnapshot {
    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public RenameSnapshot(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param id of a frozen layer
     * @param newName that no other snapshot of its volume has
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#ALREADY_EXISTS}, {@link BackendError#BUSY} if it is a head or being deleted,
     *     {@link BackendError#NO_SPACE}, {@link BackendError#CORRUPT}, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(int id, String newName) throws BackendException {
        SnapshotNames.check(newName);
        management.lockedDo(() -> {
            Layer layer = management.layer(id);
            if (!layer.facts().name().equals(Optional.of(newName))) {
                new SnapshotNames(management).checkUnused(management.volumeOf(layer), newName);
                new SnapshotRecords(management)
                        .change(id, facts -> facts.withName(Optional.of(newName)));
            }
        });
    }
}
