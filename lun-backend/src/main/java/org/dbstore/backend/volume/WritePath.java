package org.dbstore.backend.volume;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;

/**
 * Writes. Blocks that the head's own extents have mapped are overwritten in place under shared
 * stripes: no metadata, no allocation. All else goes extent by extent under the exclusive stripe:
 * data first, then the bits in memory, which the next commit takes to the medium; a write back has
 * an intent instead that waits for that.
 */
final class WritePath {
    private static final ByteBuffer ZERO_BLOCK =
            ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES).asReadOnlyBuffer();

    /** How a write is to be safe. */
    enum Aim {
        /** A commit follows it, if only because of its metadata. */
        COMMIT,
        /** From the end of the process it is, without a commit where that can be. */
        INTENT,
        /** On the medium at once, where that can be without a commit. */
        THROUGH
    }

    /** What became of a part of a write. */
    private enum Outcome {
        NOT_POSSIBLE,
        /** The data is on the medium, and so is all that leads to it. */
        DURABLE,
        /** The next force makes it durable. */
        WRITTEN,
        /** It takes a commit: metadata has to follow. */
        UNCOMMITTED
    }

    private final StoreParts parts;
    private final StripeLocks stripes;
    private final ExtentMap map;
    private final ExtentTable table;
    private final DeviceIo io;
    private final Head head;
    private final long dataOffset;

    WritePath(StoreParts parts, StripeLocks stripes, ExtentMap map, Head head) {
        this.parts = parts;
        this.stripes = stripes;
        this.map = map;
        this.table = parts.table();
        this.io = parts.io();
        this.head = head;
        this.dataOffset = parts.geometry().dataOffset();
    }

    /**
     * Writes a range that was checked; as the writing methods of {@link
     * org.dbstore.backend.Volume}.
     *
     * @return true if it takes a commit to be as safe as it shall
     */
    boolean write(long offset, ByteBuffer source, Aim aim) throws BackendException {
        boolean commitNeeded = false;
        Aim present = aim;
        long at = offset;
        while (source.hasRemaining()) {
            int length = Math.min(source.remaining(), DeviceIo.TRANSFER_BYTES_MAX);
            Outcome outcome = writeWindow(at, source, length, present);
            commitNeeded |=
                    outcome == Outcome.UNCOMMITTED
                            || (present == Aim.THROUGH && outcome != Outcome.DURABLE);
            if (commitNeeded && present == Aim.THROUGH) {
                present = Aim.COMMIT; // which serves the rest as well
            }
            at += length;
        }
        return commitNeeded;
    }

    /** Writes zeroes into a part of a block, for an unmap: may use the reserve. */
    boolean zero(long offset, ByteBuffer zeroes) throws BackendException {
        int length = zeroes.remaining();
        Outcome outcome = overwriteShared(offset, zeroes, length, Aim.COMMIT);
        return outcome == Outcome.NOT_POSSIBLE
                ? writeReclaiming(offset, zeroes, length, Aim.COMMIT, true)
                : outcome == Outcome.UNCOMMITTED;
    }

    /** A window is at most 1 MiB, so it touches at most two extents. */
    private Outcome writeWindow(long offset, ByteBuffer source, int length, Aim aim)
            throws BackendException {
        Outcome outcome = overwriteShared(offset, source, length, aim);
        if (outcome != Outcome.NOT_POSSIBLE) {
            return outcome;
        }
        return writeExtents(offset, source, length, aim) ? Outcome.UNCOMMITTED : Outcome.WRITTEN;
    }

    private boolean writeExtents(long offset, ByteBuffer source, int length, Aim aim)
            throws BackendException {
        int inExtent = (int) offset & (Geometry.EXTENT_BYTES - 1);
        int first = Math.min(length, Geometry.EXTENT_BYTES - inExtent);
        boolean uncommitted = writeReclaiming(offset, source, first, aim, false);
        if (first < length) {
            uncommitted |= writeReclaiming(offset + first, source, length - first, aim, false);
        }
        return uncommitted;
    }

    private Outcome overwriteShared(long offset, ByteBuffer source, int length, Aim aim)
            throws BackendException {
        int first = StripeLocks.stripeOf(offset / Geometry.EXTENT_BYTES);
        int last = StripeLocks.stripeOf((offset + length - 1) / Geometry.EXTENT_BYTES);
        int low = Math.min(first, last);
        int high = Math.max(first, last);
        long lowStamp = stripes.lockShared(low);
        long highStamp = high == low ? 0 : stripes.lockShared(high);
        try {
            return overwrite(offset, source, length, aim);
        } finally {
            if (high != low) {
                stripes.unlockShared(high, highStamp);
            }
            stripes.unlockShared(low, lowStamp);
        }
    }

    /**
     * The blocks stay mapped, and their entries as they are, until the stripes are unlocked: what
     * is committed now is so when the data is on the medium.
     */
    private Outcome overwrite(long offset, ByteBuffer source, int length, Aim aim)
            throws BackendException {
        head.checkOpen();
        if (((offset | length) & io.alignment() - 1) != 0) {
            return Outcome.NOT_POSSIBLE;
        }
        int inExtent = (int) offset & (Geometry.EXTENT_BYTES - 1);
        int firstLength = Math.min(length, Geometry.EXTENT_BYTES - inExtent);
        int restLength = length - firstLength;
        long position = offset / Geometry.EXTENT_BYTES;
        int extent = map.get(position);
        if (!isOwnAndMapped(extent, inExtent, firstLength)) {
            return Outcome.NOT_POSSIBLE;
        }
        boolean uncommitted = isUncommitted(extent, aim);
        int next = ExtentMap.NONE;
        if (restLength > 0) {
            next = map.get(position + 1);
            if (!isOwnAndMapped(next, 0, restLength)) {
                return Outcome.NOT_POSSIBLE;
            }
            uncommitted |= isUncommitted(next, aim);
        }
        boolean durable = aim == Aim.THROUGH && !uncommitted;
        if (restLength == 0 || next == extent + 1) {
            durable = transfer(extentOffset(extent) + inExtent, source, length, durable);
        } else {
            durable = transfer(extentOffset(extent) + inExtent, source, firstLength, durable);
            durable = transfer(extentOffset(next), source, restLength, durable);
        }
        if (durable) {
            return Outcome.DURABLE;
        }
        return uncommitted ? Outcome.UNCOMMITTED : Outcome.WRITTEN;
    }

    /** Tells whether the entry takes a commit. */
    private boolean isUncommitted(int extent, Aim aim) {
        return aim == Aim.INTENT ? table.isUnintended(extent) : table.isUncommitted(extent);
    }

    /** Returns true if the bytes are durable; never without {@code through}. */
    private boolean transfer(long at, ByteBuffer source, int length, boolean through)
            throws BackendException {
        if (through && io.writeThrough(at, source, length)) {
            return true;
        }
        io.write(at, source, length);
        return false;
    }

    private boolean isOwnAndMapped(int extent, int inExtent, int length) {
        return extent != ExtentMap.NONE
                && table.owner(extent) == head.id()
                && table.allMapped(
                        extent, inExtent / Geometry.BLOCK_BYTES, endBlock(inExtent, length));
    }

    /** Writes within one extent; if the device seems full, freed extents are waited for. */
    private boolean writeReclaiming(
            long offset, ByteBuffer source, int length, Aim aim, boolean reserve)
            throws BackendException {
        int start = source.position();
        return SpaceWait.run(
                parts.commits(),
                () -> {
                    source.position(start);
                    return writeExclusive(offset, source, length, aim, reserve);
                });
    }

    private boolean writeExclusive(
            long offset, ByteBuffer source, int length, Aim aim, boolean reserve)
            throws BackendException {
        long position = offset / Geometry.EXTENT_BYTES;
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockExclusive(stripe);
        try {
            int inExtent = (int) offset & (Geometry.EXTENT_BYTES - 1);
            writeExtent(position, inExtent, source, length, reserve);
            int extent = map.get(position);
            return isUncommitted(extent, aim)
                    && (aim != Aim.INTENT || !parts.commits().intend(extent));
        } finally {
            stripes.unlockExclusive(stripe, stamp);
        }
    }

    /** Puts data into an extent. */
    @FunctionalInterface
    private interface Filler {
        /**
         * Does it.
         *
         * @param from extent with the old contents, perhaps {@code extent}, perhaps none
         */
        void fill(int from, int extent) throws BackendException;
    }

    private void writeExtent(
            long position, int inExtent, ByteBuffer source, int length, boolean reserve)
            throws BackendException {
        fillExtent(
                position,
                inExtent,
                length,
                reserve,
                (from, extent) -> writeBlocks(from, extent, inExtent, source, length));
    }

    /**
     * Writes whole blocks of one extent with what stands elsewhere on the device. The caller holds
     * the stripe exclusively.
     *
     * @param offset first byte of the volume, on a block's boundary
     * @param from first byte on the device; what is there does not change meanwhile
     * @param length whole blocks
     * @return as {@link org.dbstore.backend.Volume#write}
     */
    boolean copyExtent(long offset, long from, int length) throws BackendException {
        int inExtent = (int) offset & (Geometry.EXTENT_BYTES - 1);
        long position = offset / Geometry.EXTENT_BYTES;
        fillExtent(
                position,
                inExtent,
                length,
                false,
                (old, extent) -> io.copy(from, extentOffset(extent) + inExtent, length));
        return table.isUncommitted(map.get(position));
    }

    private void fillExtent(long position, int inExtent, int length, boolean reserve, Filler filler)
            throws BackendException {
        head.checkOpen();
        int present = map.get(position);
        if (present != ExtentMap.NONE && table.owner(present) == head.id()) {
            filler.fill(present, present);
            table.map(present, inExtent / Geometry.BLOCK_BYTES, endBlock(inExtent, length));
            return;
        }
        fillNewExtent(position, present, inExtent, length, reserve, filler);
    }

    private void fillNewExtent(
            long position, int inherited, int inExtent, int length, boolean reserve, Filler filler)
            throws BackendException {
        int firstBlock = inExtent / Geometry.BLOCK_BYTES;
        int endBlock = endBlock(inExtent, length);
        int extent = allocate(position, reserve);
        try {
            if (inherited != ExtentMap.NONE) {
                parts.copyOnWrite().copyExcept(inherited, extent, firstBlock, endBlock);
            }
            filler.fill(inherited, extent);
            long[] bitmap =
                    inherited == ExtentMap.NONE
                            ? new long[BlockBitmap.WORDS]
                            : table.bitmap(inherited);
            BlockBitmap.set(bitmap, 0, firstBlock, endBlock);
            adopt(position, inherited, extent, bitmap);
        } catch (BackendException | RuntimeException | Error e) {
            parts.allocator().release(extent);
            throw e;
        }
    }

    /** Gives the head an extent whose data is written; if that fails, nothing has changed. */
    void adopt(long position, int inherited, int extent, long[] bitmap) {
        map.put(position, extent);
        try {
            table.birth(extent, head.id(), position, bitmap, inherited != ExtentMap.NONE);
        } catch (RuntimeException | Error e) {
            map.put(position, inherited);
            throw e;
        }
    }

    /**
     * Takes a free extent, if possible behind that of the position before.
     *
     * @param reserve true for what makes room: the reserve may be used
     */
    int allocate(long position, boolean reserve) throws BackendException {
        int preferred = preferred(position);
        ExtentAllocator allocator = parts.allocator();
        int extent =
                reserve ? allocator.allocateFromReserve(preferred) : allocator.allocate(preferred);
        if (extent == ExtentMap.NONE) {
            throw noSpace(position);
        }
        return extent;
    }

    /**
     * As the other, for some positions in a row. All or none: what is taken and goes back unused is
     * not announced to those who wait for space.
     */
    int[] allocate(long firstPosition, int count) throws BackendException {
        int[] extents = parts.allocator().allocateTogether(preferred(firstPosition), count);
        if (extents.length == 0) {
            throw noSpace(firstPosition);
        }
        return extents;
    }

    private int preferred(long position) {
        int before = position == 0 ? ExtentMap.NONE : map.get(position - 1);
        return before == ExtentMap.NONE ? ExtentMap.NONE : before + 1;
    }

    private BackendException noSpace(long position) {
        return new BackendException(
                BackendError.NO_SPACE,
                "no free extent on %s for extent %d of %s"
                        .formatted(parts.device().name(), position, head.name()));
    }

    /**
     * Writes bytes into an extent; where they cover only a part of a block, the rest of the block
     * comes from {@code from}, or is zero if that has it unmapped.
     *
     * @param from where the old contents are, perhaps {@code extent}, perhaps nowhere
     * @param extent where to write
     */
    void writeBlocks(int from, int extent, int inExtent, ByteBuffer source, int length)
            throws BackendException {
        int at = inExtent;
        int end = inExtent + length;
        while (at < end) {
            int inBlock = at % Geometry.BLOCK_BYTES;
            int whole = (end - at) / Geometry.BLOCK_BYTES * Geometry.BLOCK_BYTES;
            int piece;
            if (inBlock == 0 && whole > 0) {
                piece = whole;
                io.write(extentOffset(extent) + at, source, piece);
            } else {
                piece = Math.min(end - at, Geometry.BLOCK_BYTES - inBlock);
                writePart(from, extent, at, source, piece);
            }
            at += piece;
        }
    }

    private void writePart(int from, int extent, int at, ByteBuffer source, int length)
            throws BackendException {
        int block = at / Geometry.BLOCK_BYTES;
        int blockStart = block * Geometry.BLOCK_BYTES;
        boolean mapped = from != ExtentMap.NONE && table.isMapped(from, block);
        if (from == extent && mapped && ((at | length) & io.alignment() - 1) == 0) {
            io.write(extentOffset(extent) + at, source, length);
            return;
        }
        ByteBuffer buffer = io.blockBuffers().take();
        try {
            if (mapped) {
                io.read(extentOffset(from) + blockStart, buffer, Geometry.BLOCK_BYTES);
            } else {
                buffer.put(0, ZERO_BLOCK, 0, Geometry.BLOCK_BYTES);
            }
            buffer.put(at - blockStart, source, source.position(), length);
            source.position(source.position() + length);
            io.write(extentOffset(extent) + blockStart, buffer.clear(), Geometry.BLOCK_BYTES);
        } finally {
            io.blockBuffers().give(buffer);
        }
    }

    private long extentOffset(int extent) {
        return dataOffset + (long) extent * Geometry.EXTENT_BYTES;
    }

    static int endBlock(int inExtent, int length) {
        return (inExtent + length - 1) / Geometry.BLOCK_BYTES + 1;
    }
}
