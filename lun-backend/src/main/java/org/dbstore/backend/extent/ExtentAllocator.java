package org.dbstore.backend.extent;

import java.util.stream.IntStream;

/**
 * Knows the free extents of the device. An extent that is freed comes back only when its freeing is
 * durable and its space punched; until then nobody may write into it.
 *
 * <p>The last few are a reserve: on a device that is full for ordinary writes it must still be
 * possible to unmap, to delete and to take a volume back.
 *
 * <p>Safe for use by many threads.
 */
public final class ExtentAllocator {
    /** Kept for what makes room, and for the metadata of a full device. */
    private static final int RESERVE_MAX = 8;

    /** One extent of so many is enough for the reserve of a tiny device. */
    private static final int EXTENTS_PER_RESERVE = 32;

    private final long[] free;
    private final int reserve;
    private int freeCount;
    private int lowestWord;

    /**
     * Creates an allocator without free extents.
     *
     * @param extentCount extents that may ever be allocated
     */
    public ExtentAllocator(int extentCount) {
        this(extentCount, 0);
    }

    private ExtentAllocator(int extentCount, int reserve) {
        this.free = new long[Math.ceilDiv(extentCount, Long.SIZE)];
        this.reserve = reserve;
        this.lowestWord = free.length;
    }

    /**
     * Creates an allocator without free extents that keeps the last few.
     *
     * @param extentCount extents that may ever be allocated
     * @return with a reserve of 8, on tiny devices of fewer
     */
    public static ExtentAllocator withReserve(int extentCount) {
        return new ExtentAllocator(
                extentCount, Math.min(RESERVE_MAX, extentCount / EXTENTS_PER_RESERVE));
    }

    /**
     * Takes a free extent: the one asked for if it is free, so that what is written in a row lies
     * in a row; otherwise the lowest. Leaves the reserve alone.
     *
     * @param preferred any number, also one that is not on the device
     * @return its index, or {@link ExtentMap#NONE} if none is free but the reserve
     */
    public synchronized int allocate(int preferred) {
        return freeCount <= reserve ? ExtentMap.NONE : take(preferred);
    }

    /**
     * Takes free extents for positions in a row, or none.
     *
     * @param preferred as there, for the first
     * @param count how many
     * @return their indexes; empty if not so many are free but the reserve
     */
    public synchronized int[] allocateTogether(int preferred, int count) {
        return takeTogether(preferred, count, reserve);
    }

    /**
     * As {@link #allocateTogether}, for what keeps the metadata going.
     *
     * @param count how many
     * @return their indexes; empty if not so many are free
     */
    public synchronized int[] allocateTogetherFromReserve(int count) {
        return takeTogether(ExtentMap.NONE, count, 0);
    }

    private int[] takeTogether(int preferred, int count, int kept) {
        if (freeCount - kept < count) {
            return new int[0];
        }
        int[] extents = new int[count];
        for (int i = 0; i < count; i++) {
            extents[i] = take(i == 0 ? preferred : extents[i - 1] + 1);
        }
        return extents;
    }

    /**
     * As {@link #allocate}, for what must be possible on a full device: it makes room, or keeps the
     * metadata going.
     *
     * @param preferred as there
     * @return its index, or {@link ExtentMap#NONE} if none is free
     */
    public synchronized int allocateFromReserve(int preferred) {
        return freeCount == 0 ? ExtentMap.NONE : take(preferred);
    }

    /**
     * Takes the lowest free extent below a limit, perhaps of the reserve.
     *
     * @param limit 0 or more
     * @return its index, or {@link ExtentMap#NONE} if there is none
     */
    public synchronized int allocateBelow(int limit) {
        return hasFreeBelow(limit) ? take(ExtentMap.NONE) : ExtentMap.NONE;
    }

    /**
     * Tells whether an extent below a limit is free.
     *
     * @param limit 0 or more
     * @return false if all lie at it or beyond
     */
    public synchronized boolean hasFreeBelow(int limit) {
        return freeCount > 0 && lowest() < limit;
    }

    /**
     * Takes all free extents of a range.
     *
     * @param from the first, 0 or more
     * @param to after the last
     * @return their indexes, ascending
     */
    public synchronized int[] allocateAll(int from, int to) {
        int[] taken = IntStream.range(from, to).filter(this::isFree).toArray();
        for (int extent : taken) {
            take(extent);
        }
        return taken;
    }

    private int take(int preferred) {
        int extent = isFree(preferred) ? preferred : lowest();
        free[extent / Long.SIZE] &= ~(1L << extent);
        freeCount--;
        return extent;
    }

    private int lowest() {
        while (free[lowestWord] == 0) {
            lowestWord++;
        }
        return lowestWord * Long.SIZE + Long.numberOfTrailingZeros(free[lowestWord]);
    }

    /**
     * Makes an extent available.
     *
     * @param extent below the count given at creation, not free
     */
    public synchronized void release(int extent) {
        if (isFree(extent)) {
            throw new IllegalStateException("extent " + extent + " was freed twice");
        }
        int word = extent / Long.SIZE;
        free[word] |= 1L << extent;
        lowestWord = Math.min(lowestWord, word);
        freeCount++;
    }

    /**
     * Counts what can be allocated now without the reserve.
     *
     * @return number of extents
     */
    public synchronized int freeCount() {
        return Math.max(0, freeCount - reserve);
    }

    /**
     * Counts what can be allocated now, and the reserve.
     *
     * @return number of extents
     */
    public synchronized int freeCountWithReserve() {
        return freeCount;
    }

    /**
     * Finds a free extent.
     *
     * @param from where to begin, 0 or more
     * @return the lowest there or above, {@link ExtentMap#NONE} if there is none
     */
    public synchronized int nextFree(int from) {
        for (int word = from / Long.SIZE; word < free.length; word++) {
            long bits = free[word];
            if (word == from / Long.SIZE) {
                bits &= -1L << from;
            }
            if (bits != 0) {
                return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
            }
        }
        return ExtentMap.NONE;
    }

    /**
     * Tells whether an extent is free.
     *
     * @param extent any number
     * @return false also for what is not on the device
     */
    public synchronized boolean isFree(int extent) {
        return extent >= 0
                && extent / Long.SIZE < free.length
                && (free[extent / Long.SIZE] >>> extent & 1) != 0;
    }
}
