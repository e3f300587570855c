package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.util.List;

/** The reserved extents that hold the catalogue; the caller holds the management lock. */
public interface CatalogueSpace {
    /** A device that has no room for a catalogue, and never gets any. */
    CatalogueSpace NONE =
            new CatalogueSpace() {
                @Override
                public boolean ensure() {
                    return false;
                }

                @Override
                public List<Pair> pairs() {
                    return List.of();
                }

                @Override
                public void grow() throws BackendException {
                    throw new BackendException(
                            BackendError.NO_SPACE, "the device has no room for a catalogue");
                }
            };

    /**
     * Two extents with the same contents. Blocks are written to the first; the second follows.
     *
     * @param home device extent
     * @param copy device extent
     */
    record Pair(int home, int copy) {}

    /**
     * Reserves what is needed if that was not done yet.
     *
     * @return false if the device has no room for it
     * @throws BackendException {@link BackendError#FAILED}
     */
    boolean ensure() throws BackendException;

    /**
     * Lists the extents.
     *
     * @return in the order in which their blocks are numbered
     */
    List<Pair> pairs();

    /**
     * Adds a pair of zeroes at the end, durably.
     *
     * @throws BackendException {@link BackendError#NO_SPACE}, {@link BackendError#FAILED}
     */
    void grow() throws BackendException;
}
