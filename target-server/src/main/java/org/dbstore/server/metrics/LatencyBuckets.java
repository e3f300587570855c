package org.dbstore.server.metrics;

/**
 * The classes by which latencies are counted: six for each power of ten, from 1 µs to 10 s, and one
 * above. A percentile is off by less than a fifth.
 */
public final class LatencyBuckets {
    /** Upper bounds in nanoseconds, ascending; inclusive. */
    private static final long[] BOUNDS = bounds();

    /** Number of classes; the last has no upper bound. */
    public static final int COUNT = BOUNDS.length + 1;

    /** First class that may hold a value, by its number of leading zeros. */
    private static final byte[] FIRST = first();

    private LatencyBuckets() {}

    private static long[] bounds() {
        long[] steps = {10, 15, 20, 30, 50, 70};
        long[] bounds = new long[7 * steps.length + 1];
        long decade = 100;
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = steps[i % steps.length] * decade;
            if (i % steps.length == steps.length - 1) {
                decade *= 10;
            }
        }
        return bounds;
    }

    private static byte[] first() {
        byte[] first = new byte[Long.SIZE + 1];
        for (int zeros = 0; zeros <= Long.SIZE; zeros++) {
            long smallest =
                    zeros == 0 ? Long.MAX_VALUE : zeros == Long.SIZE ? 0 : Long.MIN_VALUE >>> zeros;
            int index = 0;
            while (index < BOUNDS.length && BOUNDS[index] < smallest) {
                index++;
            }
            first[zeros] = (byte) index;
        }
        return first;
    }

    /**
     * Finds the class of a value.
     *
     * @param nanos below 0 counts as 0
     * @return 0..{@link #COUNT} - 1
     */
    public static int indexOf(long nanos) {
        if (nanos <= 0) {
            return 0;
        }
        int index = FIRST[Long.numberOfLeadingZeros(nanos)];
        while (index < BOUNDS.length && BOUNDS[index] < nanos) {
            index++;
        }
        return index;
    }

    /**
     * The upper bound of a class, in nanoseconds.
     *
     * @param index 0..{@link #COUNT} - 1
     * @return Long.MAX_VALUE for the last
     */
    public static long bound(int index) {
        return index < BOUNDS.length ? BOUNDS[index] : Long.MAX_VALUE;
    }

    /**
     * Estimates a percentile: the bound of the class in which it lies, less what is left of the
     * class if its values are spread evenly.
     *
     * @param counts by class
     * @param share 0..1
     * @return nanoseconds; 0 if nothing was counted
     */
    public static long quantile(long[] counts, double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        double rank = all * share;
        double below = 0;
        for (int i = 0; i < COUNT; i++) {
            if (counts[i] > 0 && below + counts[i] >= rank) {
                long from = i == 0 ? 0 : BOUNDS[i - 1];
                long to = i < BOUNDS.length ? BOUNDS[i] : from;
                return from + (long) ((to - from) * ((rank - below) / counts[i]));
            }
            below += counts[i];
        }
        return 0;
    }
}
