package org.dbstore.server.scsi;

import org.dbstore.backend.BackendException;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.StampedLock;

/**
 * Keeps commands that read, decide and write (COMPARE AND WRITE, ORWRITE) apart from every other
 * change of the same blocks, from whatever nexus. Readers take no lock. Not reentrant.
 *
 * <p>Each region of {@link #REGION_BYTES} belongs to one of {@link #STRIPES} locks. A range takes
 * the locks of its regions in ascending order, so nobody waits in a circle.
 */
public final class RangeLocks {
    private static final int STRIPES = 64;
    private static final int REGION_SHIFT = 20;

    /** A region is an extent. */
    static final long REGION_BYTES = 1L << REGION_SHIFT;

    /** Tells whether a range concerns a watch. */
    @FunctionalInterface
    public interface Overlap {
        /** Tells it for bytes from an offset on. */
        boolean with(long offset, long bytes);
    }

    /** Remembers whether a range has been changed since it was set up. */
    public static final class Watch {
        private final Overlap overlap;
        private volatile boolean touched;

        private Watch(Overlap overlap) {
            this.overlap = overlap;
        }

        /** Tells whether a change has begun, or is over. */
        public boolean isTouched() {
            return touched;
        }
    }

    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final StampedLock[] locks = new StampedLock[STRIPES];

    /** Creates the locks of one logical unit. */
    public RangeLocks() {
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new StampedLock();
        }
    }

    /**
     * Runs a change beside other changes.
     *
     * @param offset first byte
     * @param bytes 0 or more
     */
    public CommandOutcome change(long offset, long bytes, Deferral.Step step)
            throws BackendException {
        return with(stripes(offset, bytes), false, () -> announced(offset, bytes, step));
    }

    /**
     * Runs a change that depends on what the range holds: no other change of it meanwhile.
     *
     * @param offset first byte
     * @param bytes 0 or more
     */
    public CommandOutcome changeAlone(long offset, long bytes, Deferral.Step step)
            throws BackendException {
        return with(stripes(offset, bytes), true, () -> announced(offset, bytes, step));
    }

    /**
     * Sets up a watch. No change is under way at that moment.
     *
     * @param overlap what it is about
     */
    public Watch watch(Overlap overlap) {
        var watch = new Watch(overlap);
        lockAll(true);
        try {
            watches.add(watch);
        } finally {
            lockAll(false);
        }
        return watch;
    }

    /** Everything has changed behind the back of these locks. */
    public void announceChange() {
        watches.forEach(watch -> watch.touched = true);
    }

    /** Ends a watch. */
    public void unwatch(Watch watch) {
        watches.remove(watch);
    }

    private void lockAll(boolean lock) {
        for (StampedLock each : locks) {
            if (lock) {
                each.asWriteLock().lock();
            } else {
                each.asWriteLock().unlock();
            }
        }
    }

    /** Who has read before a watch is touched has read what was there before. */
    private CommandOutcome announced(long offset, long bytes, Deferral.Step step)
            throws BackendException {
        for (Watch watch : watches) {
            if (!watch.touched && watch.overlap.with(offset, bytes)) {
                watch.touched = true;
            }
        }
        return step.run();
    }

    private CommandOutcome with(long stripes, boolean alone, Deferral.Step step)
            throws BackendException {
        for (long left = stripes; left != 0; left &= left - 1) {
            lock(left, alone).lock();
        }
        try {
            return step.run();
        } finally {
            for (long left = stripes; left != 0; left &= left - 1) {
                lock(left, alone).unlock();
            }
        }
    }

    /** The lock of the lowest stripe of a set. */
    private Lock lock(long stripes, boolean alone) {
        StampedLock lock = locks[Long.numberOfTrailingZeros(stripes)];
        return alone ? lock.asWriteLock() : lock.asReadLock();
    }

    /** A bit for each stripe the range has a region of. */
    private static long stripes(long offset, long bytes) {
        if (bytes == 0) {
            return 0;
        }
        long first = offset >>> REGION_SHIFT;
        long last = (offset + bytes - 1) >>> REGION_SHIFT;
        if (last - first >= STRIPES - 1) {
            return -1L;
        }
        long set = 0;
        for (long region = first; region <= last; region++) {
            set |= 1L << (region & STRIPES - 1);
        }
        return set;
    }
}
