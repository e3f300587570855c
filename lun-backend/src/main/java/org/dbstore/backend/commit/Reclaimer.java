package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.format.Geometry;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;

/**
 * The way of a durably freed extent back to the allocator: its space goes to what lies below first,
 * because a hole punched later would destroy the next owner's data.
 */
final class Reclaimer {
    /** More than these are punched in another thread, so that no commit waits for them. */
    private static final int INLINE_EXTENTS_MAX = 64;

    private static final Logger LOG = LogManager.getLogger(Reclaimer.class);

    private final BlockDevice device;
    private final Geometry geometry;
    private final ExtentAllocator allocator;

    @SuppressWarnings("ArrayRecordComponent") // only handed over
    private record Batch(long ticket, int[] extents) {}

    private final Queue<Batch> large = new ArrayDeque<>(); // guarded by this
    private boolean working; // guarded by this: the thread is there
    private final NavigableSet<Long> announced = new TreeSet<>(); // guarded by this
    private long lastTicket; // guarded by this

    Reclaimer(BlockDevice device, Geometry geometry, ExtentAllocator allocator) {
        this.device = device;
        this.geometry = geometry;
        this.allocator = allocator;
    }

    /**
     * Announces a {@link #reclaim}, so that {@link #await} waits for it from now on.
     *
     * @return ticket to be handed to it
     */
    synchronized long begin() {
        announced.add(++lastTicket);
        return lastTicket;
    }

    /**
     * Punches and releases extents; ends what {@link #begin} announced.
     *
     * @param ticket of {@link #begin}
     * @param extents ascending
     */
    void reclaim(long ticket, int[] extents) {
        Batch batch = new Batch(ticket, extents);
        if (extents.length <= INLINE_EXTENTS_MAX || !handOver(batch)) {
            reclaimAll(batch);
        }
    }

    /** Returns false if no thread can be had: then the caller does the work. */
    private synchronized boolean handOver(Batch batch) {
        if (!working) {
            try {
                Thread.ofPlatform().daemon().name("dbs-reclaim").start(this::work);
            } catch (OutOfMemoryError e) {
                LOG.warn("no thread to give back {} extents with", batch.extents().length, e);
                return false;
            }
            working = true;
        }
        large.add(batch);
        return true;
    }

    private void work() {
        Batch batch = next();
        while (batch != null) {
            try {
                reclaimAll(batch);
            } catch (RuntimeException | Error e) {
                LOG.error("freed extents are not to be had before the next opening", e);
            }
            batch = next();
        }
    }

    private synchronized @Nullable Batch next() {
        Batch batch = large.poll();
        working = batch != null;
        return batch;
    }

    private void reclaimAll(Batch batch) {
        int[] extents = batch.extents();
        try {
            int first = 0;
            for (int i = 1; i <= extents.length; i++) {
                if (i == extents.length || extents[i] != extents[i - 1] + 1) {
                    reclaimRun(extents[first], i - first);
                    first = i;
                }
            }
        } finally {
            end(batch.ticket());
        }
    }

    /** Returns the ticket that {@link #begin} gave last. */
    synchronized long last() {
        return lastTicket;
    }

    /** Returns when all that is announced now is done, whatever comes meanwhile; the last of it. */
    synchronized long await() {
        long last = lastTicket;
        while (!announced.isEmpty() && announced.first() <= last) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a thread of the engine", e);
            }
        }
        return last;
    }

    private synchronized void end(long ticket) {
        announced.remove(ticket);
        notifyAll();
    }

    private void reclaimRun(int firstExtent, int count) {
        try {
            device.punchHole(
                    geometry.extentOffset(firstExtent), (long) count * Geometry.EXTENT_BYTES);
        } catch (IOException e) {
            // Only space is lost: an extent's old contents never show again, punched or not.
            LOG.warn("{} extents at {} keep their space", count, firstExtent, e);
        }
        for (int i = 0; i < count; i++) {
            // Beyond the usable extents lie those of a device that the original overfilled.
            if (firstExtent + i < geometry.usableExtents()) {
                allocator.release(firstExtent + i);
            }
        }
    }
}
