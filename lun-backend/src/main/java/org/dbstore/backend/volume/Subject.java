package org.dbstore.backend.volume;

import org.dbstore.backend.BackendException;

import java.util.UUID;

/** Whom a view shows. */
public interface Subject {
    /**
     * Returns the name; it may change.
     *
     * @return for people
     */
    String name();

    /**
     * Returns the id.
     *
     * @return the same for ever
     */
    UUID uuid();

    /**
     * As {@link org.dbstore.backend.Volume#wasDirtyAtCrash}.
     *
     * @return true if acknowledged writes may be lost
     */
    boolean wasDirtyAtCrash();

    /**
     * As {@link org.dbstore.backend.Volume#markDirty}.
     *
     * @throws BackendException as there
     */
    void markDirty() throws BackendException;
}
