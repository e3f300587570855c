package org.dbstore.backend.device;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;

/**
 * A bounded pool of direct buffers that begin on a 4096-byte boundary, as direct I/O wants them.
 *
 * <p>Whoever holds a buffer must not wait for another of the same pool.
 */
public final class AlignedBuffers {
    /** Boundary on which each buffer begins, in bytes. */
    public static final int ALIGNMENT_BYTES = 4096;

    private final int bufferBytes;
    private final Semaphore available;
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();

    /**
     * Creates an empty pool; buffers come into being when they are first needed.
     *
     * @param bufferBytes size of each buffer
     * @param bufferCountMax how many may be in use at once; further takers wait
     */
    public AlignedBuffers(int bufferBytes, int bufferCountMax) {
        this.bufferBytes = bufferBytes;
        this.available = new Semaphore(bufferCountMax);
    }

    /**
     * Creates one aligned buffer outside any pool.
     *
     * @param bytes its capacity
     * @return a cleared direct buffer
     */
    public static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + ALIGNMENT_BYTES)
                .alignedSlice(ALIGNMENT_BYTES)
                .slice(0, bytes);
    }

    /**
     * Takes a buffer, waiting for one if all are in use.
     *
     * @return a cleared buffer with the contents that its last user left
     */
    public ByteBuffer take() {
        available.acquireUninterruptibly();
        ByteBuffer buffer;
        synchronized (idle) {
            buffer = idle.pollLast();
        }
        if (buffer == null) {
            try {
                buffer = allocate(bufferBytes);
            } catch (OutOfMemoryError e) {
                available.release();
                throw e;
            }
        }
        return buffer.clear();
    }

    /**
     * Gives a buffer back.
     *
     * @param buffer what {@link #take} returned; not to be used any more
     */
    public void give(ByteBuffer buffer) {
        synchronized (idle) {
            idle.addLast(buffer);
        }
        available.release();
    }
}
