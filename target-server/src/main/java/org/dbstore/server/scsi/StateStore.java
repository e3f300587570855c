package org.dbstore.server.scsi;

import org.dbstore.backend.BackendException;

/**
 * Where something that has to outlast the server is kept: persistent reservations with APTPL, saved
 * mode pages; all of a logical unit together as a few opaque bytes per volume.
 */
public interface StateStore {
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
    StateStore NONE =
            new StateStore() {
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
