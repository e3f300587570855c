package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.nio.ByteBuffer;

/** Where the catalogue is read from when a device is opened. */
@FunctionalInterface
public interface BlockSource {
    /**
     * Reads bytes of the device.
     *
     * @param offset first byte, a multiple of 4096
     * @param target filled from its beginning to its limit, a multiple of 4096
     * @throws BackendException {@link BackendError#IO}
     */
    void read(long offset, ByteBuffer target) throws BackendException;
}
