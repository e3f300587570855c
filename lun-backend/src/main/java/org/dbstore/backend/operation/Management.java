package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.Catalogue;
import org.dbstore.backend.commit.PendingCommit;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.volume.StoreParts;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What management operations work on. The lock guards the directory, and a change of the tables is
 * made under it; it is held for short steps only. Order of locks: operations of a volume, this,
 * stripes, extent table.
 *
 * @param parts of the store
 * @param directory both tables in memory
 * @param catalogue what the tables have no room for
 * @param deviceId of the device
 * @param lock guards it
 */
public record Management(
        StoreParts parts,
        Directory directory,
        Catalogue catalogue,
        UUID deviceId,
        ReentrantLock lock) {
    /** A step under the lock. */
    @FunctionalInterface
    public interface Step<T> {
        /**
         * Runs with the lock held.
         *
         * @return the result of the step
         * @throws BackendException as the step
         */
        T run() throws BackendException;
    }

    /** A step under the lock, without result. */
    @FunctionalInterface
    public interface Action {
        /**
         * Runs with the lock held.
         *
         * @throws BackendException as the step
         */
        void run() throws BackendException;
    }

    /**
     * Runs a step alone.
     *
     * @param step what to do
     * @param <T> type of the result
     * @return its result
     * @throws BackendException as the step
     */
    public <T> T locked(Step<T> step) throws BackendException {
        lock.lock();
        boolean done = false;
        try {
            T result = step.run();
            done = true;
            return result;
        } finally {
            unlock(done);
        }
    }

    /**
     * Runs a step alone.
     *
     * @param step what to do
     * @throws BackendException as the step
     */
    public void lockedDo(Action step) throws BackendException {
        lock.lock();
        boolean done = false;
        try {
            step.run();
            done = true;
        } finally {
            unlock(done);
        }
    }

    /** What a step that failed had put into the catalogue for a commit was never there. */
    private void unlock(boolean done) {
        try {
            if (!done && lock.getHoldCount() == 1) {
                catalogue.giveUp();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes a change of the tables and the catalogue durable. The lock is held.
     *
     * @param transaction of {@link Tables} and {@link Catalogue}
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void commit(Transaction transaction) throws BackendException {
        parts.commits().apply(transaction);
        catalogue.committed(transaction);
    }

    /**
     * As {@link #commit} for who stands still: everything up to now will be durable with the
     * transaction. The caller awaits it without letting the lock go, then calls {@link #committed}.
     *
     * @param transaction of {@link Tables} and {@link Catalogue}
     * @param commit new
     * @throws BackendException {@link BackendError#FAILED}
     */
    void begin(Transaction transaction, PendingCommit commit) throws BackendException {
        parts.commits().begin(transaction, commit);
    }

    /**
     * Notes that what was begun is durable.
     *
     * @param transaction of {@link #begin}
     */
    void committed(Transaction transaction) {
        catalogue.committed(transaction);
    }

    /**
     * Refuses changes of a store that takes none.
     *
     * @throws BackendException {@link BackendError#READ_ONLY} or {@link BackendError#FAILED}
     */
    public void checkWritable() throws BackendException {
        if (parts.readOnly()) {
            throw new BackendException(
                    BackendError.READ_ONLY, parts.device().name() + " is open read-only");
        }
        parts.health().check();
    }

    /**
     * Finds a volume and keeps other operations from it. The caller unlocks {@link
     * VolumeRecord#operations}.
     *
     * @param name of the volume, or "#slot"
     * @return the volume, locked
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    VolumeRecord lockOperations(String name) throws BackendException {
        VolumeRecord volume = locked(() -> directory.volume(name));
        lockOperations(volume);
        return volume;
    }

    /** As the other, for a volume that was found already. */
    void lockOperations(VolumeRecord volume) throws BackendException {
        volume.operations().lock();
        boolean deleted = true;
        try {
            deleted = locked(volume::isDeleted);
        } finally {
            if (deleted) {
                volume.operations().unlock();
            }
        }
        if (deleted) {
            throw new BackendException(
                    BackendError.NOT_FOUND, "no volume \"" + volume.name() + "\"");
        }
    }

    /**
     * Finds a layer that is neither unfinished nor being deleted, with the lock held.
     *
     * @param id any number
     * @return the layer
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#BUSY}
     */
    Layer layer(int id) throws BackendException {
        Layer layer = id > 0 && id <= Geometry.SNAPSHOT_ID_MAX ? directory.layer(id) : null;
        if (layer == null || (layer.isHidden() && !layer.isDeleting())) {
            throw new BackendException(BackendError.NOT_FOUND, "no snapshot " + id);
        }
        if (layer.isDeleting()) {
            throw new BackendException(
                    BackendError.BUSY, "snapshot " + id + " is being made or deleted");
        }
        return layer;
    }

    /**
     * Finds the volume of a layer, with the lock held.
     *
     * @param layer of any chain
     * @return the volume
     * @throws BackendException {@link BackendError#NOT_FOUND} if no volume has it; {@link
     *     BackendError#CORRUPT} if that volume cannot be served
     */
    VolumeRecord volumeOf(Layer layer) throws BackendException {
        VolumeRecord volume = new LayerTree(directory).volumeOf(layer.id());
        if (volume == null) {
            throw new BackendException(
                    BackendError.NOT_FOUND, "snapshot " + layer.id() + " belongs to no volume");
        }
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        return volume;
    }

    /**
     * Makes sure that the operations of a volume still guard a layer, with the lock held.
     *
     * @param layer found before the operations were locked
     * @param volume whose operations the caller holds
     * @throws BackendException {@link BackendError#NOT_FOUND} if the id is another layer's by now;
     *     {@link BackendError#CORRUPT} if its volume cannot be served
     */
    void checkGuarded(Layer layer, VolumeRecord volume) throws BackendException {
        if (!volumeOf(layer).operations().equals(volume.operations())) {
            throw new BackendException(BackendError.NOT_FOUND, "no snapshot " + layer.id());
        }
    }

    /**
     * Makes layers with several children legal. Only a device with a journal may have such: the
     * original understands neither, and what they belong to is in the catalogue.
     *
     * @param transaction gets the change
     * @throws BackendException {@link BackendError#NO_SPACE} if there is no journal and no room for
     *     one; {@link BackendError#FAILED}
     */
    void beginBranching(Transaction transaction) throws BackendException {
        if (!catalogue.ensure() || !parts.commits().isJournaled()) {
            throw new BackendException(
                    BackendError.NO_SPACE,
                    parts.device().name()
                            + " has no journal, or no room for one: linked clones, rollbacks and"
                            + " volumes smaller than their snapshots need it");
        }
        if (!directory.isBranched()) {
            transaction.features(Superblock.BRANCHED);
        }
    }

    /**
     * Returns the time as entries have it.
     *
     * @return Unix seconds, above 0
     */
    static long now() {
        return Math.max(1, System.currentTimeMillis() / 1000);
    }

    /**
     * Returns the time as records have it.
     *
     * @return whole milliseconds
     */
    static Instant instant() {
        return Instant.ofEpochMilli(System.currentTimeMillis());
    }
}
