package org.dbstore.backend.format;

/**
 * The 256 bits that tell which blocks of an extent are mapped, as four words somewhere in an array.
 *
 * <pre>
 *   block b = bit (b &amp; 7) of byte (b >> 3) on the device
 *           = bit (b &amp; 63) of little-endian word (b >> 6)
 * </pre>
 *
 * Ranges are from inclusive, to exclusive, 0..256.
 */
public final class BlockBitmap {
    /** Words of a bitmap. */
    public static final int WORDS = Geometry.EXTENT_BLOCKS / Long.SIZE;

    private BlockBitmap() {}

    /**
     * Reads one bit.
     *
     * @param words holds the bitmap
     * @param base its first word
     * @param block 0..255
     * @return true if mapped
     */
    public static boolean get(long[] words, int base, int block) {
        return (words[base + (block >> 6)] >>> block & 1) != 0;
    }

    /**
     * Finds the end of the run of equal bits that begins at a block.
     *
     * @param words holds the bitmap
     * @param base its first word
     * @param from first block of the run
     * @param limit where to stop at the latest
     * @return the first block after the run, or {@code limit}
     */
    public static int runEnd(long[] words, int base, int from, int limit) {
        long flip = get(words, base, from) ? -1 : 0;
        int block = from;
        while (block < limit) {
            long differing = (words[base + (block >> 6)] ^ flip) >>> block;
            if (differing != 0) {
                return Math.min(limit, block + Long.numberOfTrailingZeros(differing));
            }
            block = (block | 63) + 1;
        }
        return limit;
    }

    /**
     * Sets a range.
     *
     * @param words holds the bitmap
     * @param base its first word
     * @param from first block
     * @param to after the last
     * @return true if a bit changed
     */
    public static boolean set(long[] words, int base, int from, int to) {
        boolean changed = false;
        for (int word = 0; word < WORDS; word++) {
            long mask = mask(word, from, to);
            changed |= (words[base + word] & mask) != mask;
            words[base + word] |= mask;
        }
        return changed;
    }

    /**
     * Clears a range.
     *
     * @param words holds the bitmap
     * @param base its first word
     * @param from first block
     * @param to after the last
     * @return true if a bit changed
     */
    public static boolean clear(long[] words, int base, int from, int to) {
        boolean changed = false;
        for (int word = 0; word < WORDS; word++) {
            long mask = mask(word, from, to);
            changed |= (words[base + word] & mask) != 0;
            words[base + word] &= ~mask;
        }
        return changed;
    }

    /**
     * Tells whether a range has a mapped block.
     *
     * @param words holds the bitmap
     * @param base its first word
     * @param from first block
     * @param to after the last
     * @return false if all bits are 0
     */
    public static boolean anySet(long[] words, int base, int from, int to) {
        for (int word = 0; word < WORDS; word++) {
            if ((words[base + word] & mask(word, from, to)) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Counts the mapped blocks.
     *
     * @param words holds the bitmap
     * @param base its first word
     * @return 0..256
     */
    public static int count(long[] words, int base) {
        int count = 0;
        for (int word = 0; word < WORDS; word++) {
            count += Long.bitCount(words[base + word]);
        }
        return count;
    }

    private static long mask(int word, int from, int to) {
        int low = Math.clamp(from - word * 64L, 0, 64);
        int high = Math.clamp(to - word * 64L, 0, 64);
        return low >= high ? 0 : -1L >>> 64 - (high - low) << low;
    }
}
