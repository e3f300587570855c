package org.dbstore.backend.volume;

import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.format.BlockBitmap;

/**
 * What a view shows of one position at one moment.
 *
 * @param extent device extent, or {@link ExtentMap#NONE}
 * @param bitmap the blocks that are mapped in it, four words
 */
@SuppressWarnings("ArrayRecordComponent") // a copy, only handed over
public record ExtentSight(int extent, long[] bitmap) {
    /** Of a position that holds nothing. */
    public static final ExtentSight NONE =
            new ExtentSight(ExtentMap.NONE, new long[BlockBitmap.WORDS]);
}
