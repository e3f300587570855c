package org.dbstore.server.scsi;

import org.dbstore.backend.BackendException;

/** How full a thin volume and what it lives on are. */
public interface SpaceGauge {
    /**
     * Returns what can still be stored, shared with every other volume of the device.
     *
     * @return bytes
     * @throws BackendException if the engine does not know
     */
    long freeBytes() throws BackendException;

    /**
     * Returns what the volume has stored.
     *
     * @return bytes
     * @throws BackendException if the engine does not know
     */
    long usedBytes() throws BackendException;
}
