package org.dbstore.backend.volume;

import java.util.BitSet;
import java.util.concurrent.locks.StampedLock;

/**
 * Read/write locks, each for every 64th position of a view. {@link StampedLock} takes no memory per
 * thread; it is not reentrant, so nobody takes a stripe twice.
 */
final class StripeLocks {
    /** Positions so far apart share one. */
    static final int COUNT = 64;

    private final StampedLock[] stripes = new StampedLock[COUNT];
    private final long[] allStamps = new long[COUNT]; // guarded by all stripes together

    StripeLocks() {
        for (int i = 0; i < COUNT; i++) {
            stripes[i] = new StampedLock();
        }
    }

    /**
     * Finds the lock of a position.
     *
     * @param position of the volume
     * @return index of its stripe
     */
    static int stripeOf(long position) {
        return (int) (position % COUNT);
    }

    long lockShared(int stripe) {
        return stripes[stripe].readLock();
    }

    /** Returns 0 if the lock is not free at once. */
    long tryLockShared(int stripe) {
        return stripes[stripe].tryReadLock();
    }

    void unlockShared(int stripe, long stamp) {
        stripes[stripe].unlockRead(stamp);
    }

    long lockExclusive(int stripe) {
        return stripes[stripe].writeLock();
    }

    /** Returns 0 if the lock is not free at once. */
    long tryLockExclusive(int stripe) {
        return stripes[stripe].tryWriteLock();
    }

    void unlockExclusive(int stripe, long stamp) {
        stripes[stripe].unlockWrite(stamp);
    }

    /** Locks several, in the order in which everybody does; returns what unlocks them. */
    long[] lockExclusive(BitSet several) {
        return several.stream().mapToLong(this::lockExclusive).toArray();
    }

    void unlockExclusive(BitSet several, long[] stamps) {
        int i = 0;
        for (int s = several.nextSetBit(0); s >= 0; s = several.nextSetBit(s + 1)) {
            stripes[s].unlockWrite(stamps[i++]);
        }
    }

    /** Returns when every request under way has ended; new ones wait. */
    void lockAll() {
        for (int i = 0; i < COUNT; i++) {
            long stamp = stripes[i].writeLock();
            allStamps[i] = stamp;
        }
    }

    void unlockAll() {
        for (int i = COUNT - 1; i >= 0; i--) {
            stripes[i].unlockWrite(allStamps[i]);
        }
    }
}
