package org.dbstore.backend.extent;

import java.util.stream.IntStream;

/**
 * What one commit has to make durable: copies of extent entries as they were at the moment it
 * began. Parallel arrays, one element for each extent.
 *
 * @param commit its number, one more than that of the commit before
 * @param count how many
 * @param extents device extents
 * @param durableOwners owner on the medium before this commit, 0 = free
 * @param owners owner after it, 0 = free
 * @param positions positions in the volume
 * @param bitmaps four words each
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, from the table to the commit
public record ExtentChanges(
        long commit,
        int count,
        int[] extents,
        int[] durableOwners,
        int[] owners,
        int[] positions,
        long[] bitmaps) {
    ExtentChanges(long commit, int capacity) {
        this(
                commit,
                capacity,
                new int[capacity],
                new int[capacity],
                new int[capacity],
                new int[capacity],
                new long[capacity * 4]);
    }

    /**
     * Lists the extents that nobody owns any more.
     *
     * @return device extents, ascending
     */
    public int[] freed() {
        return IntStream.range(0, count).filter(i -> owners[i] == 0).map(i -> extents[i]).toArray();
    }

    /**
     * Tells whether an extent comes into being.
     *
     * @param i which of the changes
     * @return true if it was free on the medium
     */
    public boolean isBirth(int i) {
        return durableOwners[i] == 0 && owners[i] != 0;
    }

    /**
     * Tells whether an extent on the medium becomes free.
     *
     * @param i which of the changes
     * @return false also for one that was born and freed between two commits
     */
    public boolean isFree(int i) {
        return durableOwners[i] != 0 && owners[i] == 0;
    }

    /**
     * Tells whether an entry on the medium changes and stays.
     *
     * @param i which of the changes
     * @return true if its owner or bitmap may differ
     */
    public boolean isUpdate(int i) {
        return durableOwners[i] != 0 && owners[i] != 0;
    }
}
