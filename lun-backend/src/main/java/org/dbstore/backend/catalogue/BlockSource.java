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
     * @param offset first byte
     * @param lengthBytes how many
     * @return ready to be read
     * @throws BackendException {@link BackendError#IO}
     */
    ByteBuffer read(long offset, int lengthBytes) throws BackendException;
}
