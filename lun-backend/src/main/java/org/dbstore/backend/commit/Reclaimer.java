package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.format.Geometry;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The way of a durably freed extent back to the allocator: its space goes to what lies below first,
 * because a hole punched later would destroy the next owner's data.
 *
 * <p>A file system keeps all writes to a file waiting while it punches a hole in it: 0.1 s for 256
 * MiB that were written in one go, much longer for such as were written at random. So many extents
 * are punched a few at a time, and others get most of the time, as long as nobody waits for the
 * space.
 */
class Reclaimer {
    /** More than these are punched in another thread, so that no commit waits for them. */
    private static final int INLINE_EXTENTS_MAX = 16;

    private static final int PIECE_EXTENTS_MAX = 64;

    /** So long others may have to wait for a piece. */
    private static final long PIECE_NANOS = 2_000_000;

    /** How much more time others get than the punching takes. */
    private static final int PAUSE_FACTOR = 3;

    /** No piece is followed by more, however long it took. */
    private static final long PAUSE_NANOS_MAX = 50_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final Logger LOG = LogManager.getLogger(Reclaimer.class);

    private final Barrier barrier;
    private final Geometry geometry;
    private final ExtentAllocator allocator;

    @SuppressWarnings("ArrayRecordComponent") // only handed over
    private record Batch(long ticket, int[] extents) {}

    private final Queue<Batch> large = new ArrayDeque<>(); // guarded by this
    private boolean working; // guarded by this: the thread is there
    private final NavigableSet<Long> announced = new TreeSet<>(); // guarded by this
    private long lastTicket; // guarded by this
    private int hurried; // guarded by this: so many wait
    private long returned; // guarded by this: so many extents have come back

    /**
     * Creates the way back.
     *
     * @param barrier of the device
     * @param geometry of the device
     * @param allocator gets the extents
     */
    Reclaimer(Barrier barrier, Geometry geometry, ExtentAllocator allocator) {
        this.barrier = barrier;
        this.geometry = geometry;
        this.allocator = allocator;
    }

    /**
     * Announces a {@link #reclaim}, so that who waits for space waits for it from now on.
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
            reclaimAll(batch, this::reclaimRun);
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
            reclaimAll(batch, this::reclaimPatiently);
            batch = next();
        }
    }

    private synchronized @Nullable Batch next() {
        Batch batch = large.poll();
        working = batch != null;
        return batch;
    }

    @FunctionalInterface
    private interface RunVisitor {
        void visit(int firstExtent, int count);
    }

    private void reclaimAll(Batch batch, RunVisitor visitor) {
        int[] extents = batch.extents();
        try {
            int first = 0;
            for (int i = 1; i <= extents.length; i++) {
                if (i == extents.length || extents[i] != extents[i - 1] + 1) {
                    visitor.visit(extents[first], i - first);
                    first = i;
                }
            }
        } catch (RuntimeException | Error e) { // who commits must go on: others wait for it
            LOG.error("freed extents are not to be had before the next opening", e);
        } finally {
            end(batch.ticket());
        }
    }

    /** Counts the extents that have come back. */
    synchronized long returned() {
        return returned;
    }

    /**
     * Waits until an extent has come back, as long as any that is announced now is on its way.
     * Others wait for the sake of the caller.
     *
     * @param known what {@link #returned} gave before the caller found no free extent
     * @return false if none has come back since
     */
    boolean awaitAny(long known) {
        long last = lastAnnounced();
        await(true, () -> returned == known && isUnderWay(last));
        return returned() != known;
    }

    /**
     * Returns when all that is announced now is done, whatever comes meanwhile.
     *
     * @param hurry true if others shall wait for the sake of the caller
     */
    void awaitAll(boolean hurry) {
        long last = lastAnnounced();
        await(hurry, () -> isUnderWay(last));
    }

    /** With the monitor held. */
    private boolean isUnderWay(long lastTicket) {
        return !announced.isEmpty() && announced.first() <= lastTicket;
    }

    private synchronized long lastAnnounced() {
        return lastTicket;
    }

    private synchronized void await(boolean hurry, BooleanSupplier tooEarly) {
        hurried += hurry ? 1 : 0;
        notifyAll(); // who hurries ends a pause
        try {
            while (tooEarly.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the engine", e);
        } finally {
            hurried -= hurry ? 1 : 0;
        }
    }

    private synchronized boolean isHurried() {
        return hurried > 0;
    }

    /** Others get so much time, unless somebody is in a hurry. A test counts these instead. */
    void pause(long nanos) {
        long left = pauseWhileNobodyHurries(nanos);
        if (left > 0) {
            LockSupport.parkNanos(left);
        }
    }

    /** Returns what is left: a monitor is waited for in whole milliseconds. */
    private synchronized long pauseWhileNobodyHurries(long nanos) {
        try {
            long end = System.nanoTime() + nanos;
            long left = nanos;
            while (left >= NANOS_PER_MILLI && hurried == 0) {
                wait(left / NANOS_PER_MILLI);
                left = end - System.nanoTime();
            }
            return hurried == 0 ? left : 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the engine", e);
        }
    }

    private synchronized void end(long ticket) {
        announced.remove(ticket);
        notifyAll();
    }

    private synchronized void countReturned(int extents) {
        returned += extents;
        notifyAll();
    }

    private void reclaimPatiently(int firstExtent, int count) {
        int piece = 1;
        int done = 0;
        while (done < count) {
            int extents = Math.min(piece, count - done);
            long nanos = reclaimRun(firstExtent + done, extents);
            done += extents;
            piece = nextPiece(piece, nanos);
            if (!isHurried()) {
                pause(Math.min(nanos * PAUSE_FACTOR, PAUSE_NANOS_MAX));
            }
        }
    }

    private static int nextPiece(int piece, long nanos) {
        if (nanos > PIECE_NANOS) {
            return Math.max(1, piece / 2);
        }
        return nanos > PIECE_NANOS / 4 ? piece : Math.min(PIECE_EXTENTS_MAX, piece * 2);
    }

    /** Returns how long others had to wait, in nanoseconds. */
    private long reclaimRun(int firstExtent, int count) {
        long nanos = 0;
        try {
            nanos =
                    barrier.punchBetweenForces(
                            geometry.extentOffset(firstExtent),
                            (long) count * Geometry.EXTENT_BYTES);
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
        countReturned(count);
        return nanos;
    }
}
