package org.dbstore.backend.extent;

/**
 * Knows the free extents of the device. An extent that is freed comes back only when its freeing is
 * durable and its space punched; until then nobody may write into it.
 *
 * <p>Safe for use by many threads.
 */
public final class ExtentAllocator {
    private final long[] free;
    private int freeCount;
    private int lowestWord;

    /**
     * Creates an allocator without free extents.
     *
     * @param extentCount extents that may ever be allocated
     */
    public ExtentAllocator(int extentCount) {
        this.free = new long[Math.ceilDiv(extentCount, Long.SIZE)];
        this.lowestWord = free.length;
    }

    /**
     * Takes a free extent: the one asked for if it is free, so that what is written in a row lies
     * in a row; otherwise the lowest.
     *
     * @param preferred any number, also one that is not on the device
     * @return its index, or {@link ExtentMap#NONE} if none is free
     */
    public synchronized int allocate(int preferred) {
        if (freeCount == 0) {
            return ExtentMap.NONE;
        }
        int extent = preferred;
        if (!isFree(preferred)) {
            while (free[lowestWord] == 0) {
                lowestWord++;
            }
            extent = lowestWord * Long.SIZE + Long.numberOfTrailingZeros(free[lowestWord]);
        }
        free[extent / Long.SIZE] &= ~(1L << extent);
        freeCount--;
        return extent;
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
     * Counts what can be allocated now.
     *
     * @return number of extents
     */
    public synchronized int freeCount() {
        return freeCount;
    }

    private boolean isFree(int extent) {
        return extent >= 0
                && extent / Long.SIZE < free.length
                && (free[extent / Long.SIZE] >>> extent & 1) != 0;
    }
}
