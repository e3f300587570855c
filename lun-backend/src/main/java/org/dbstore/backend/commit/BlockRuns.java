package org.dbstore.backend.commit;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes blocks of metadata, neighbours in one call. A write that fails fails the store. Belongs to
 * one thread at a time.
 */
final class BlockRuns {
    static final int BLOCK_BYTES = 4096;
    private static final int RUN_BLOCKS_MAX = 16;

    private final BlockDevice device;
    private final StoreHealth health;
    private final ByteBuffer staging = AlignedBuffers.allocate(RUN_BLOCKS_MAX * BLOCK_BYTES);
    private long first;

    BlockRuns(BlockDevice device, StoreHealth health) {
        this.device = device;
        this.health = health;
        staging.clear();
    }

    /**
     * Adds a block; it is written at the latest by {@link #end}.
     *
     * @param block number on the device
     * @param image 4096 bytes from its beginning; untouched
     */
    void add(long block, ByteBuffer image) throws BackendException {
        long next = first + staging.position() / BLOCK_BYTES;
        if (block != next || !staging.hasRemaining()) {
            end();
            first = block;
        }
        staging.put(image.duplicate().clear().limit(BLOCK_BYTES));
    }

    /**
     * Writes what is left. Does not force.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    void end() throws BackendException {
        staging.flip();
        if (staging.hasRemaining()) {
            write(first, staging);
        }
        staging.clear();
        first = 0;
    }

    /**
     * Writes many neighbours at once.
     *
     * @param block number of the first
     * @param images direct and aligned, from position to limit
     * @throws BackendException {@link BackendError#FAILED}
     */
    void write(long block, ByteBuffer images) throws BackendException {
        health.check();
        try {
            device.write(block * BLOCK_BYTES, images);
        } catch (IOException e) {
            throw health.fail("write of metadata to " + device.name(), e);
        }
    }
}
