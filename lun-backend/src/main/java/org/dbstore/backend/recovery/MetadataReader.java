package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads metadata as it is on the device, in aligned pieces. */
final class MetadataReader {
    /** Whole blocks and whole extent entries at once: 4096 entries are 38 blocks. */
    static final int CHUNK_ENTRIES = 6 * 4096;

    private static final int ALIGNMENT = AlignedBuffers.ALIGNMENT_BYTES;

    private final BlockDevice device;

    MetadataReader(BlockDevice device) {
        this.device = device;
    }

    /**
     * Reads a range.
     *
     * @param offset a multiple of 4096
     * @param lengthBytes any number
     * @return little-endian buffer of that many bytes, or more; zero beyond the end of the device
     */
    ByteBuffer read(long offset, int lengthBytes) throws BackendException {
        int rounded = lengthBytes + ALIGNMENT - 1 & -ALIGNMENT;
        ByteBuffer buffer = AlignedBuffers.allocate(rounded).order(ByteOrder.LITTLE_ENDIAN);
        readInto(offset, buffer);
        return buffer.clear();
    }

    /** As {@link #read}, into a buffer whose limit is a multiple of 4096. */
    void readInto(long offset, ByteBuffer buffer) throws BackendException {
        long present = Math.clamp(device.sizeBytes() - offset, 0, buffer.limit());
        try {
            if (present == buffer.limit()) {
                device.read(offset, buffer);
            } else {
                // Only a table in the fork's layout, or none at all, reaches beyond a device.
                buffer.limit((int) present & -ALIGNMENT);
                device.read(offset, buffer);
            }
        } catch (IOException e) {
            throw new BackendException(
                    BackendError.IO, "read of metadata from " + device.name(), e);
        }
    }
}
