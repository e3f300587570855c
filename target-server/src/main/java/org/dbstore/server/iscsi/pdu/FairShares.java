package org.dbstore.server.iscsi.pdu;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Divides a pool among those who use it at the same time. With n of them each may hold the n+1st
 * part, so that there is always as much left for the next one to come. Whoever holds nothing is
 * bounded by the pool alone.
 */
public final class FairShares {
    private final BufferPool pool;
    private final long budgetBytes;

    /** Shares that hold something. */
    private final AtomicInteger active = new AtomicInteger();

    /**
     * Creates shares of a pool.
     *
     * @param budgetBytes of the pool
     */
    public FairShares(BufferPool pool, long budgetBytes) {
        this.pool = pool;
        this.budgetBytes = budgetBytes;
    }

    /** Makes the share of one more user. */
    public Buffers newShare() {
        return new Share();
    }

    /** Safe for all threads; one atomic variable of its own, one of all. */
    private final class Share implements Buffers {
        private final AtomicLong heldBytes = new AtomicLong();

        @Override
        public @Nullable ByteBuffer tryTake(int bytes) {
            int capacity = BufferPool.capacity(bytes);
            long held = heldBytes.addAndGet(capacity);
            boolean first = held == capacity;
            if (first) {
                active.incrementAndGet();
            }
            ByteBuffer buffer =
                    first || held <= budgetBytes / (active.get() + 1L) ? pool.tryTake(bytes) : null;
            if (buffer == null) {
                release(capacity);
            }
            return buffer;
        }

        @Override
        public void giveBack(ByteBuffer buffer) {
            int capacity = buffer.capacity();
            pool.giveBack(buffer);
            release(capacity);
        }

        private void release(int capacity) {
            if (heldBytes.addAndGet(-capacity) == 0) {
                active.decrementAndGet();
            }
        }
    }
}
