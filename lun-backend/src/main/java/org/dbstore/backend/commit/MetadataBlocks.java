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
 * <pre>
 *   pending   patched                             -> written home, or logged
 *   logged    in the journal, older at home       -> written home by a checkpoint
 *   clean     as at home
 * </pre>
 *
 * <p>Belongs to one thread at a time, and to a part of the device that no other object writes.
 */
public final class MetadataBlocks {
    private static final int BLOCK_BYTES = BlockRuns.BLOCK_BYTES;
    private static final int CACHED_BLOCKS_MAX = 1024;
    private static final int PENDING_BLOCKS_MAX = 1024;

    private final BlockDevice device;
    private final StoreHealth health;
    private final BlockRuns runs;
    private final ByteBuffer staging = AlignedBuffers.allocate(BLOCK_BYTES);
    private final NavigableMap<Long, ByteBuffer> pending = new TreeMap<>();
    private final NavigableMap<Long, ByteBuffer> logged = new TreeMap<>();
    private final Map<Long, ByteBuffer> clean =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, ByteBuffer> eldest) {
                    return size() > CACHED_BLOCKS_MAX;
                }
            };

    /** Sees blocks on their way home. */
    @FunctionalInterface
    interface HomeWriter {
        /** Gets a block and its image, which it leaves alone. */
        void write(long block, ByteBuffer image) throws BackendException;
    }

    /**
     * Creates an empty cache.
     *
     * @param device where the blocks are
     * @param health failed by a write that fails
     */
    public MetadataBlocks(BlockDevice device, StoreHealth health) {
        this.device = device;
        this.health = health;
        this.runs = new BlockRuns(device, health);
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
     * Changes bytes; they reach the device with the next {@link #writeBack} or journal record. A
     * stage without a journal may write them earlier.
     *
     * @param offset first byte on the device
     * @param bytes from position to limit, which are left alone
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void patch(long offset, ByteBuffer bytes) throws BackendException {
        if (pending.size() >= PENDING_BLOCKS_MAX) {
            writeBack(); // within a stage any order will do; a journal record is never that long
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
        for (Map.Entry<Long, ByteBuffer> block : pending.entrySet()) {
            runs.add(block.getKey(), block.getValue());
        }
        runs.end();
        logged.keySet().removeAll(pending.keySet());
        clean.putAll(pending);
        pending.clear();
    }

    /** Returns what was patched and is neither at home nor in the journal. */
    NavigableMap<Long, ByteBuffer> pending() {
        return pending;
    }

    /** Notes that a durable record of the journal has all that was pending. */
    void logged() {
        logged.putAll(pending);
        pending.clear();
    }

    /**
     * Writes blocks home that journal or mirror have better. Does not force.
     *
     * @param better images by block number
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void restore(NavigableMap<Long, ByteBuffer> better) throws BackendException {
        pending.putAll(better);
        writeBack();
    }

    /**
     * Writes home what only the journal has. A block that is pending again stays: its image has
     * changes that no record has yet, and the next record will have the whole of it.
     */
    void checkpoint(HomeWriter alsoTo) throws BackendException {
        health.check();
        for (Map.Entry<Long, ByteBuffer> block : logged.entrySet()) {
            if (!pending.containsKey(block.getKey())) {
                runs.add(block.getKey(), block.getValue());
                alsoTo.write(block.getKey(), block.getValue());
                clean.put(block.getKey(), block.getValue());
            }
        }
        runs.end();
        logged.clear();
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

    private ByteBuffer image(long block) throws BackendException {
        ByteBuffer image = pending.get(block);
        if (image == null) {
            image = logged.get(block);
        }
        if (image == null) {
            image = clean.get(block);
        }
        if (image == null) {
            image = buffer(BLOCK_BYTES);
            staging.clear();
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
