package org.dbstore.backend;

/**
 * Has a say in what is done to volumes and snapshots that it serves, or that it knows by name. Each
 * call stands around the operation: the guard runs that, or refuses by an exception of its own that
 * says the remedy. No lock of the store is held.
 */
public interface StoreGuard {
    /** Lets everything pass. */
    StoreGuard NONE = new StoreGuard() {};

    /** What is guarded. */
    @FunctionalInterface
    interface Operation {
        /**
         * Does it.
         *
         * @throws BackendException if it failed: nothing has changed then
         */
        void run() throws BackendException;
    }

    /**
     * A volume is to be deleted.
     *
     * @param name its name, or "#slot"
     * @param deletion to be run
     * @throws BackendException as the operation, or the guard's refusal
     */
    default void deleteVolume(String name, Operation deletion) throws BackendException {
        deletion.run();
    }

    /**
     * A volume is to have another name.
     *
     * @param name its name, or "#slot"
     * @param newName perhaps taken
     * @param renaming to be run
     * @throws BackendException as the operation, or the guard's refusal
     */
    default void renameVolume(String name, String newName, Operation renaming)
            throws BackendException {
        renaming.run();
    }

    /**
     * A snapshot is to be deleted; the guard may let go of it before.
     *
     * @param id of the snapshot
     * @param deletion to be run
     * @throws BackendException as the operation, or the guard's refusal
     */
    default void deleteSnapshot(int id, Operation deletion) throws BackendException {
        deletion.run();
    }

    /**
     * A snapshot is to have another name.
     *
     * @param id of the snapshot
     * @param newName perhaps taken
     * @param renaming to be run
     * @throws BackendException as the operation, or the guard's refusal
     */
    default void renameSnapshot(int id, String newName, Operation renaming)
            throws BackendException {
        renaming.run();
    }

    /** There are other snapshots than before: some were taken, or a volume was rolled back. */
    default void snapshotsChanged() {}
}
