package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Reads metadata in aligned pieces: as it is on the device, but for the blocks that the journal or
 * the mirror has better.
 */
final class MetadataReader {
    /** Whole blocks and whole extent entries at once: 4096 entries are 38 blocks. */
    static final int CHUNK_ENTRIES = 6 * 4096;

    private static final int ALIGNMENT = AlignedBuffers.ALIGNMENT_BYTES;

    /** The most blocks of {@link #view}. */
    static final int WINDOW_BLOCKS = 16;

    private final BlockDevice device;
    private static final ByteBuffer ZEROES =
            ByteBuffer.allocate(WINDOW_BLOCKS * Geometry.BLOCK_BYTES).asReadOnlyBuffer();

    private final ByteBuffer window = allocateWindow();
    private final ByteBuffer transfer = allocateWindow();
    private final NavigableMap<Long, ByteBuffer> overlay = new TreeMap<>();

    MetadataReader(BlockDevice device) {
        this.device = device;
    }

    /**
     * Shows another block than the device has.
     *
     * @param block number on the device
     * @param image 4096 bytes from its beginning; copied
     */
    void overlay(long block, ByteBuffer image) {
        ByteBuffer copy = ByteBuffer.allocate(Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(0, image, 0, Geometry.BLOCK_BYTES);
        overlay.put(block, copy);
    }

    /** Tells whether a block is shown otherwise than the device has it. */
    boolean isOverlaid(long block) {
        return overlay.containsKey(block);
    }

    /** Returns what is shown otherwise than the device has it, by block number. */
    NavigableMap<Long, ByteBuffer> overlay() {
        return overlay;
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
        ByteBuffer buffer = ByteBuffer.allocate(rounded).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            transfer.clear().limit(Math.min(transfer.capacity(), buffer.remaining()));
            int wanted = transfer.limit();
            readInto(offset + buffer.position(), transfer);
            buffer.put(buffer.position(), transfer, 0, transfer.limit());
            buffer.position(buffer.position() + wanted);
        }
        return buffer.clear();
    }

    /**
     * As {@link #read}, but the bytes are valid until the next view or visit only.
     *
     * @param lengthBytes at most {@link #WINDOW_BLOCKS} blocks
     */
    ByteBuffer view(long offset, int lengthBytes) throws BackendException {
        window.clear().limit(lengthBytes + ALIGNMENT - 1 & -ALIGNMENT);
        ByteBuffer view = window.slice().order(ByteOrder.LITTLE_ENDIAN);
        readInto(offset, view);
        int present = view.limit();
        view.clear();
        if (present < view.limit()) {
            view.put(present, new byte[view.limit() - present]);
        }
        return view;
    }

    /**
     * Tells whether there is nothing in a buffer: of most tables the greatest part is empty.
     *
     * @param bytes at most {@link #WINDOW_BLOCKS} blocks, from position to limit
     */
    static boolean isZero(ByteBuffer bytes) {
        return bytes.mismatch(ZEROES.slice(0, bytes.remaining())) < 0;
    }

    /** Looks at one block of several. */
    @FunctionalInterface
    interface BlockVisitor {
        /**
         * Sees a block.
         *
         * @param index counts from 0
         * @param block 4096 little-endian bytes, valid during the call
         */
        void visit(int index, ByteBuffer block) throws BackendException;
    }

    /**
     * Shows neighbouring blocks, one after the other, without keeping them all in memory. Visits
     * must not be nested.
     *
     * @param offset of the first, a multiple of 4096
     * @param count how many
     * @param visitor sees them
     */
    void forEachBlock(long offset, int count, BlockVisitor visitor) throws BackendException {
        for (int first = 0; first < count; first += WINDOW_BLOCKS) {
            int blocks = Math.min(WINDOW_BLOCKS, count - first);
            window.clear().limit(blocks * Geometry.BLOCK_BYTES);
            readInto(offset + (long) first * Geometry.BLOCK_BYTES, window);
            for (int i = 0; i < blocks; i++) {
                visitor.visit(
                        first + i,
                        window.slice(i * Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN));
            }
        }
    }

    private static ByteBuffer allocateWindow() {
        return AlignedBuffers.allocate(WINDOW_BLOCKS * Geometry.BLOCK_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** As {@link #read}, into a direct buffer whose limit is a multiple of 4096. */
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
        long firstBlock = offset / Geometry.BLOCK_BYTES;
        long endBlock = firstBlock + buffer.limit() / Geometry.BLOCK_BYTES;
        overlay.subMap(firstBlock, endBlock)
                .forEach((block, image) ->
                        buffer.put(
                                (int) (block - firstBlock) * Geometry.BLOCK_BYTES,
                                image,
                                0,
                                Geometry.BLOCK_BYTES));
    }
}
