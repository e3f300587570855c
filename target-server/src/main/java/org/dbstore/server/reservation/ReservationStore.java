package org.dbstore.server.reservation;

import org.dbstore.backend.BackendException;

/**
 * Where the reservations of one logical unit are kept over the end of the target (APTPL, "activate
 * persist through power loss").
 */
public interface ReservationStore {
    /**
     * Tells whether it keeps anything at all.
     *
     * @return false: APTPL is refused
     */
    boolean isLasting();

    /**
     * Returns what was saved last.
     *
     * @return a new array; empty if there is nothing
     * @throws BackendException if it cannot be read, or is damaged
     */
    byte[] load() throws BackendException;

    /**
     * Replaces what is kept. When it returns the state survives power loss.
     *
     * @param state as {@link ReservationCodec} writes it; empty if nothing is to be kept
     * @throws BackendException if it was not saved; then the old state stands
     */
    void save(byte[] state) throws BackendException;

    /** Keeps nothing. */
    ReservationStore NONE =
            new ReservationStore() {
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
