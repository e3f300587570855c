package org.dbstore.server.lun;

import org.dbstore.backend.BackendException;

/**
 * Where a logical unit keeps what has to outlast the server: persistent reservations with APTPL,
 * saved mode pages. To the store it is a few opaque bytes per volume.
 */
public interface UnitStore {
    /**
     * Tells whether it keeps anything at all.
     *
     * @return false: what would have to last is refused
     */
    boolean isLasting();

    /**
     * Returns what was saved last.
     *
     * @return a new array; empty if there is nothing
     * @throws BackendException if it cannot be read
     */
    byte[] load() throws BackendException;

    /**
     * Replaces what is kept. When it returns the state survives power loss.
     *
     * @param state empty if nothing is to be kept
     * @throws BackendException if it was not saved; then the old state stands
     */
    void save(byte[] state) throws BackendException;

    /** Keeps nothing. */
    UnitStore NONE =
            new UnitStore() {
                @Override
                public boolean isLasting() {
                    return false;
                }

                @Override
                public byte[] load() {
                    return new byte[0];
                }

                @Override
                public void save(byte[] state) {
                    throw new IllegalStateException("nothing is kept here");
                }
            };
}
