package org.dbstore.backend.volume;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;

/**
 * Copies from another volume, or another place of the same one, on the device itself: no byte comes
 * into memory where the system below can do that. Extent by extent; each piece holds the stripe of
 * its source shared and that of its target exclusively.
 */
final class CopyPath {
    private static final Volume.Copied NOTHING = new Volume.Copied(0, false);

    private final StoreParts parts;
    private final StripeLocks stripes;
    private final WritePath writes;

    CopyPath(StoreParts parts, StripeLocks stripes, WritePath writes) {
        this.parts = parts;
        this.stripes = stripes;
        this.writes = writes;
    }

    /** What a piece is copied from. */
    record Source(StripeLocks stripes, Head head, ExtentMap map) {}

    /** Copies a range that was checked, as far as it goes; as {@link Volume#copyFrom}. */
    Volume.Copied copy(Source source, long from, long to, long length) throws BackendException {
        boolean uncommitted = false;
        long done = 0;
        while (done < length) {
            Volume.Copied piece = copyPiece(source, from + done, to + done, length - done);
            if (piece.bytes() == 0) {
                break;
            }
            uncommitted |= piece.uncommitted();
            done += piece.bytes();
        }
        return new Volume.Copied(done, uncommitted);
    }

    /**
     * The target's stripe is only tried, because others take stripes of several volumes in an order
     * of their own: who does not get it copies by reading and writing.
     */
    private Volume.Copied copyPiece(Source source, long from, long to, long length)
            throws BackendException {
        int sourceStripe = StripeLocks.stripeOf(from / Geometry.EXTENT_BYTES);
        int targetStripe = StripeLocks.stripeOf(to / Geometry.EXTENT_BYTES);
        long shared = source.stripes.lockShared(sourceStripe);
        try {
            long exclusive = stripes.tryLockExclusive(targetStripe);
            if (exclusive == 0) {
                return NOTHING;
            }
            try {
                return copyLocked(source, from, to, length);
            } finally {
                stripes.unlockExclusive(targetStripe, exclusive);
            }
        } finally {
            source.stripes.unlockShared(sourceStripe, shared);
        }
    }

    private Volume.Copied copyLocked(Source source, long from, long to, long length)
            throws BackendException {
        source.head.checkOpen();
        int extent = source.map.get(from / Geometry.EXTENT_BYTES);
        if (extent == ExtentMap.NONE) {
            return NOTHING;
        }
        ExtentTable table = parts.table();
        int inSource = (int) from & (Geometry.EXTENT_BYTES - 1);
        int inTarget = (int) to & (Geometry.EXTENT_BYTES - 1);
        int most = Geometry.EXTENT_BYTES - Math.max(inSource, inTarget);
        int firstBlock = inSource / Geometry.BLOCK_BYTES;
        int endBlock = firstBlock + (int) Math.min(most, length) / Geometry.BLOCK_BYTES;
        if (!table.isMapped(extent, firstBlock)) {
            return NOTHING;
        }
        int bytes =
                (table.runEnd(extent, firstBlock, endBlock) - firstBlock) * Geometry.BLOCK_BYTES;
        long at = parts.geometry().extentOffset(extent) + inSource;
        try {
            return new Volume.Copied(bytes, writes.copyExtent(to, at, bytes));
        } catch (BackendException e) {
            if (e.error() == BackendError.NO_SPACE) {
                return NOTHING; // a write waits for freed extents, and says so if there are none
            }
            throw e;
        }
    }
}
