package org.dbstore.tools.transfer;

import java.nio.ByteBuffer;

/** Finds the zeroes in contents, in blocks of the store: smaller ones are not worth a hole. */
final class ZeroScan {
    static final int BLOCK_BYTES = 4096;

    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(BLOCK_BYTES);

    private ZeroScan() {}

    /** True if the block that begins at {@code index}, or what there is of it, is zero. */
    static boolean isZero(ByteBuffer contents, int index) {
        int length = blockEnd(contents, index) - index;
        return contents.slice(index, length).mismatch(ZEROES.slice(0, length)) < 0;
    }

    /**
     * End of the run of blocks that are all zero, or all not, like the one at {@code index}.
     *
     * @param contents from 0 to its limit
     * @param index a multiple of the block below the limit
     */
    static int runEnd(ByteBuffer contents, int index) {
        boolean zero = isZero(contents, index);
        int end = blockEnd(contents, index);
        while (end < contents.limit() && isZero(contents, end) == zero) {
            end = blockEnd(contents, end);
        }
        return end;
    }

    private static int blockEnd(ByteBuffer contents, int index) {
        return Math.min(index + BLOCK_BYTES, contents.limit());
    }
}
