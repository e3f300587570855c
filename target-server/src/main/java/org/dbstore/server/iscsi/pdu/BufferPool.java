package org.dbstore.server.iscsi.pdu;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Direct buffers in powers of two from 4 KiB to 8 MiB. The sum of what is lent out is bounded: that
 * is the target's whole memory for data of initiators.
 */
public final class BufferPool implements Buffers {
    private static final int SMALLEST_SHIFT = 12;
    private static final int LARGEST_SHIFT = 23;
    private static final int ALIGNMENT = 4096;

    /** How much of each size is kept for the next use rather than left to the collector. */
    private static final int KEPT_BYTES_PER_SIZE = 16 << 20;

    private final ArrayDeque<ByteBuffer>[] free;
    private final AtomicLong lentBytes = new AtomicLong();
    private final long budgetBytes;
    private final int alignment;

    /**
     * Creates an empty pool of buffers for data in flight, 4096-aligned.
     *
     * @param budgetBytes most that is lent out at once
     */
    public BufferPool(long budgetBytes) {
        this(budgetBytes, ALIGNMENT);
    }

    /**
     * Creates an empty pool of buffers that may lie anywhere, as data within them does anyway.
     *
     * @param budgetBytes most that is lent out at once
     */
    public static BufferPool unaligned(long budgetBytes) {
        return new BufferPool(budgetBytes, 1);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private BufferPool(long budgetBytes, int alignment) {
        this.budgetBytes = budgetBytes;
        this.alignment = alignment;
        this.free = new ArrayDeque[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
        for (int i = 0; i < free.length; i++) {
            free[i] = new ArrayDeque<>();
        }
    }

    @Override
    public @Nullable ByteBuffer tryTake(int bytes) {
        int index = sizeIndex(bytes);
        int capacity = capacity(bytes);
        if (lentBytes.addAndGet(capacity) > budgetBytes) {
            lentBytes.addAndGet(-capacity);
            return null;
        }
        ByteBuffer buffer;
        synchronized (free[index]) {
            buffer = free[index].pollLast();
        }
        if (buffer == null) {
            buffer =
                    ByteBuffer.allocateDirect(capacity + alignment - 1)
                            .alignedSlice(alignment)
                            .slice(0, capacity);
        }
        return buffer.clear().limit(bytes);
    }

    @Override
    public void giveBack(ByteBuffer buffer) {
        int capacity = buffer.capacity();
        int index = sizeIndex(capacity);
        lentBytes.addAndGet(-capacity);
        synchronized (free[index]) {
            if ((long) free[index].size() * capacity < KEPT_BYTES_PER_SIZE) {
                free[index].addLast(buffer);
            }
        }
    }

    /** Sum of the buffers lent out, in bytes. */
    public long lentBytes() {
        return lentBytes.get();
    }

    /** What a buffer for so many bytes takes of the budget. */
    static int capacity(int bytes) {
        return 1 << (sizeIndex(bytes) + SMALLEST_SHIFT);
    }

    private static int sizeIndex(int bytes) {
        if (bytes < 1 || bytes > 1 << LARGEST_SHIFT) {
            throw new IllegalArgumentException("no buffer of " + bytes + " bytes");
        }
        int shift = 32 - Integer.numberOfLeadingZeros(bytes - 1);
        return Math.max(shift, SMALLEST_SHIFT) - SMALLEST_SHIFT;
    }
}
