package org.dbstore.backend.commit;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Read-modify-write of metadata in whole 4 KiB blocks. An image holds what was patched and written
 * and nothing else, so a later stage's change cannot reach the medium early by sharing a block.
 *
 * <p>Belongs to one thread at a time, and to a part of the device that no other object writes.
 */
public final class MetadataBlocks {
    private static final int BLOCK_BYTES = 4096;
    private static final int CACHED_BLOCKS_MAX = 1024;
    private static final int PENDING_BLOCKS_MAX = 1024;
    private static final int RUN_BLOCKS_MAX = 64;

    private final BlockDevice device;
    private final StoreHealth health;
    private final ByteBuffer staging = AlignedBuffers.allocate(RUN_BLOCKS_MAX * BLOCK_BYTES);
    private final NavigableMap<Long, ByteBuffer> pending = new TreeMap<>();
    private final Map<Long, ByteBuffer> clean =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, ByteBuffer> eldest) {
                    return size() > CACHED_BLOCKS_MAX;
                }
            };

    /**
     * Creates an empty cache.
     *
     * @param device where the blocks are
     * @param health failed by a write that fails
     */
    public MetadataBlocks(BlockDevice device, StoreHealth health) {
        this.device = device;
        this.health = health;
    }

    /**
     * Reads bytes as last patched.
     *
     * @param offset first byte on the device
     * @param lengthBytes how many
     * @return little-endian heap buffer, ready to be read
     * @throws BackendException {@link BackendError#FAILED}
     */
    public ByteBuffer read(long offset, int lengthBytes) throws BackendException {
        ByteBuffer result = buffer(lengthBytes);
        long at = offset;
        while (result.hasRemaining()) {
            int inBlock = (int) (at % BLOCK_BYTES);
            int count = Math.min(result.remaining(), BLOCK_BYTES - inBlock);
            result.put(result.position(), image(at / BLOCK_BYTES), inBlock, count);
            result.position(result.position() + count);
            at += count;
        }
        return result.flip();
    }

    /**
     * Changes bytes; they reach the device with the next {@link #writeBack}, or earlier.
     *
     * @param offset first byte on the device
     * @param bytes from position to limit, which are left alone
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void patch(long offset, ByteBuffer bytes) throws BackendException {
        if (pending.size() >= PENDING_BLOCKS_MAX) {
            writeBack(); // within a stage any order will do
        }
        long at = offset;
        int from = bytes.position();
        while (from < bytes.limit()) {
            int inBlock = (int) (at % BLOCK_BYTES);
            int count = Math.min(bytes.limit() - from, BLOCK_BYTES - inBlock);
            ByteBuffer image = image(at / BLOCK_BYTES);
            image.put(inBlock, bytes, from, count);
            clean.remove(at / BLOCK_BYTES);
            pending.put(at / BLOCK_BYTES, image);
            at += count;
            from += count;
        }
    }

    /**
     * Writes all changed blocks, neighbours in one call. Does not force.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void writeBack() throws BackendException {
        health.check();
        long first = 0;
        staging.clear();
        for (Map.Entry<Long, ByteBuffer> block : pending.entrySet()) {
            long next = first + staging.position() / BLOCK_BYTES;
            if (block.getKey() != next || !staging.hasRemaining()) {
                writeStaging(first);
                first = block.getKey();
            }
            staging.put(block.getValue().duplicate().clear());
        }
        writeStaging(first);
        clean.putAll(pending);
        pending.clear();
    }

    /**
     * Creates a buffer as {@link #patch} takes it.
     *
     * @param bytes its capacity
     * @return zeroed, little-endian, on the heap
     */
    public static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void writeStaging(long firstBlock) throws BackendException {
        staging.flip();
        if (staging.hasRemaining()) {
            try {
                device.write(firstBlock * BLOCK_BYTES, staging);
            } catch (IOException e) {
                throw health.fail("write of metadata to " + device.name(), e);
            }
        }
        staging.clear();
    }

    private ByteBuffer image(long block) throws BackendException {
        ByteBuffer image = pending.get(block);
        if (image == null) {
            image = clean.get(block);
        }
        if (image == null) {
            image = buffer(BLOCK_BYTES);
            staging.clear().limit(BLOCK_BYTES);
            try {
                device.read(block * BLOCK_BYTES, staging);
            } catch (IOException e) {
                // Nothing is lost, but the change that needed the block cannot be made durable.
                throw health.fail("read of metadata from " + device.name(), e);
            }
            image.put(0, staging, 0, BLOCK_BYTES);
            clean.put(block, image);
        }
        return image;
    }
}
