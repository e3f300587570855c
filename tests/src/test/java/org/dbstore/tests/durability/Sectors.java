package org.dbstore.tests.durability;

import java.nio.ByteBuffer;

/**
 * Contents of sectors that say which operation wrote them, and where to: operation, block address,
 * and a filling that depends on both, so that no mixture of two sectors passes for one.
 */
final class Sectors {
    /** Logical block length of the volumes under load. */
    static final int BYTES = 512;

    /** In the place of the operation: a sector of zeroes. */
    static final long ZERO = 0;

    /** In the place of the operation: neither zeroes nor any whole stamp. */
    static final long TORN = -1;

    /** In the place of the operation: stamped for another address. */
    static final long FOREIGN = -2;

    /** In the place of the address: written to many blocks at once (WRITE SAME). */
    static final long ANYWHERE = -1;

    private static final int WORDS = BYTES / Long.BYTES;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private Sectors() {}

    /** Appends the sector that an operation writes to an address. */
    static void put(ByteBuffer target, long operation, long address) {
        target.putLong(operation).putLong(address);
        for (int word = 2; word < WORDS; word++) {
            target.putLong(filling(operation, address, word));
        }
    }

    /**
     * Tells which operation wrote a sector.
     *
     * @param address where the sector was found
     * @return its number, {@link #ZERO}, {@link #TORN} or {@link #FOREIGN}
     */
    static long operationOf(ByteBuffer source, int offset, long address) {
        long operation = source.getLong(offset);
        long stamped = source.getLong(offset + Long.BYTES);
        boolean zero = operation == 0 && stamped == 0;
        for (int word = 2; word < WORDS; word++) {
            long expected = zero ? 0 : filling(operation, stamped, word);
            if (source.getLong(offset + word * Long.BYTES) != expected) {
                return TORN;
            }
        }
        return zero || stamped == address || stamped == ANYWHERE ? operation : FOREIGN;
    }

    private static long filling(long operation, long address, int word) {
        long mixed = (operation * GOLDEN_GAMMA ^ address) + word * GOLDEN_GAMMA;
        mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
        return mixed ^ mixed >>> 32;
    }
}
