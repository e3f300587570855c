package org.dbstore.server.copy;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.jspecify.annotations.Nullable;

/** The logical units that the session of a command sees. */
public interface CopyDevices {
    /**
     * Finds a unit.
     *
     * @param naa NAA-6 identifier, 16 bytes
     * @return null if the session sees none of that name
     */
    @Nullable Medium find(byte[] naa);

    /** Tells whether the session sees a unit. */
    boolean sees(Medium medium);

    /**
     * Tells why the nexus may not read or write a unit now: reservations, write protection,
     * SANITIZE.
     *
     * @return null if it may
     */
    @Nullable CommandOutcome refusal(Medium medium, boolean write);
}
