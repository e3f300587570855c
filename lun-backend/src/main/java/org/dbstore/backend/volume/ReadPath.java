package org.dbstore.backend.volume;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;

/**
 * Reads: runs of blocks that are adjacent in the volume and on the device are one transfer, also
 * across extents; holes are filled with zeroes. Allocates nothing.
 */
final class ReadPath {
    private static final ByteBuffer ZEROES =
            ByteBuffer.allocateDirect(Geometry.EXTENT_BYTES).asReadOnlyBuffer();

    private final StripeLocks stripes;
    private final ExtentMap map;
    private final Head head;
    private final ExtentTable table;
    private final DeviceIo io;
    private final long dataOffset;

    ReadPath(StoreParts parts, StripeLocks stripes, ExtentMap map, Head head) {
        this.stripes = stripes;
        this.map = map;
        this.head = head;
        this.table = parts.table();
        this.io = parts.io();
        this.dataOffset = parts.geometry().dataOffset();
    }

    /** Reads a range that was checked. */
    void read(long offset, ByteBuffer target) throws BackendException {
        long at = offset;
        while (target.hasRemaining()) {
            int length = Math.min(target.remaining(), DeviceIo.TRANSFER_BYTES_MAX);
            readWindow(at, target, length);
            at += length;
        }
    }

    /** Reads a range that was checked, all of it or nothing, without waiting. */
    boolean readNow(long offset, ByteBuffer target) throws BackendException {
        int start = target.position();
        long at = offset;
        while (target.hasRemaining()) {
            int length = Math.min(target.remaining(), DeviceIo.TRANSFER_BYTES_MAX);
            if (!tryReadWindow(at, target, length)) {
                target.position(start);
                return false;
            }
            at += length;
        }
        return true;
    }

    /** A window is at most 1 MiB, so it touches at most two extents. */
    private void readWindow(long offset, ByteBuffer target, int length) throws BackendException {
        int first = StripeLocks.stripeOf(position(offset));
        int last = StripeLocks.stripeOf(position(offset + length - 1));
        int low = Math.min(first, last);
        int high = Math.max(first, last);
        long lowStamp = stripes.lockShared(low);
        long highStamp = high == low ? 0 : stripes.lockShared(high);
        try {
            readLocked(offset, target, length, true);
        } finally {
            if (high != low) {
                stripes.unlockShared(high, highStamp);
            }
            stripes.unlockShared(low, lowStamp);
        }
    }

    private boolean tryReadWindow(long offset, ByteBuffer target, int length)
            throws BackendException {
        int first = StripeLocks.stripeOf(position(offset));
        int last = StripeLocks.stripeOf(position(offset + length - 1));
        long firstStamp = stripes.tryLockShared(first);
        if (firstStamp == 0) {
            return false;
        }
        long lastStamp = 0;
        try {
            if (last != first) {
                lastStamp = stripes.tryLockShared(last);
                if (lastStamp == 0) {
                    return false;
                }
            }
            return readLocked(offset, target, length, false);
        } finally {
            if (lastStamp != 0) {
                stripes.unlockShared(last, lastStamp);
            }
            stripes.unlockShared(first, firstStamp);
        }
    }

    private boolean readLocked(long offset, ByteBuffer target, int length, boolean wait)
            throws BackendException {
        head.checkOpen();
        long runAt = 0; // mapped bytes found but not yet read: where on the device, and how many
        int run = 0;
        long at = offset;
        int left = length;
        while (left > 0) {
            int extent = map.get(position(at));
            int inExtent = (int) at & (Geometry.EXTENT_BYTES - 1);
            int piece = Math.min(left, Geometry.EXTENT_BYTES - inExtent);
            boolean mapped = false;
            if (extent != ExtentMap.NONE) {
                int block = inExtent / Geometry.BLOCK_BYTES;
                int endBlock = (inExtent + piece - 1) / Geometry.BLOCK_BYTES + 1;
                mapped = table.isMapped(extent, block);
                int runEnd = table.runEnd(extent, block, endBlock) * Geometry.BLOCK_BYTES;
                piece = Math.min(piece, runEnd - inExtent);
            }
            long pieceAt = dataOffset + (long) extent * Geometry.EXTENT_BYTES + inExtent;
            if (run > 0 && (!mapped || pieceAt != runAt + run)) {
                if (!transfer(runAt, target, run, wait)) {
                    return false;
                }
                run = 0;
            }
            if (!mapped) {
                zero(target, piece);
            } else if (run > 0) {
                run += piece;
            } else {
                runAt = pieceAt;
                run = piece;
            }
            at += piece;
            left -= piece;
        }
        return run == 0 || transfer(runAt, target, run, wait);
    }

    private boolean transfer(long at, ByteBuffer target, int length, boolean wait)
            throws BackendException {
        if (!wait) {
            return io.tryRead(at, target, length);
        }
        io.read(at, target, length);
        return true;
    }

    private static void zero(ByteBuffer target, int length) {
        target.put(target.position(), ZEROES, 0, length);
        target.position(target.position() + length);
    }

    private static long position(long offset) {
        return offset / Geometry.EXTENT_BYTES;
    }
}
