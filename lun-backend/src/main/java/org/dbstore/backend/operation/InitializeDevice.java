package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Superblock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes an empty store: the old superblock goes first and the new one comes last, so that a power
 * loss leaves the old store, none, or an empty one.
 */
public final class InitializeDevice {
    private static final int CHUNK_BYTES = 1 << 20;

    private InitializeDevice() {}

    /**
     * Runs it.
     *
     * @param device nobody else has it open
     * @param overwrite true to replace a store that is there
     * @throws BackendException {@link BackendError#INVALID}, {@link BackendError#ALREADY_EXISTS},
     *     {@link BackendError#IO}
     */
    public static void run(BlockDevice device, boolean overwrite) throws BackendException {
        if (device.sizeBytes() < Geometry.DEVICE_BYTES_MIN) {
            throw new BackendException(
                    BackendError.INVALID,
                    "%s has %d bytes; a store needs 104857600 (100 MiB) or more"
                            .formatted(device.name(), device.sizeBytes()));
        }
        try {
            ByteBuffer buffer = AlignedBuffers.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            device.read(0, buffer.limit(Superblock.BYTES));
            if (Superblock.hasMagic(buffer) && !overwrite) {
                throw new BackendException(
                        BackendError.ALREADY_EXISTS, device.name() + " holds a store already");
            }
            buffer.clear().put(0, new byte[CHUNK_BYTES]);
            device.write(0, buffer.limit(Superblock.BYTES));
            device.force();
            long end = new Geometry(device.sizeBytes()).dataOffset();
            for (long at = Superblock.BYTES; at < end; at += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, end - at);
                device.write(at, buffer.clear().limit(length));
            }
            device.force();
            buffer.clear();
            new Superblock(
                            Superblock.VERSION,
                            0,
                            device.sizeBytes(),
                            Optional.of(UUID.randomUUID()))
                    .write(buffer);
            device.write(0, buffer.clear().limit(Superblock.BYTES));
            device.force();
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "initialization of " + device.name(), e);
        }
    }
}
