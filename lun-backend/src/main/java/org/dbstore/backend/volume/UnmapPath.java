package org.dbstore.backend.volume;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.Geometry;

/**
 * Unmaps whole blocks, visiting only positions that hold something. An extent of the head without
 * bits is freed unless it hides an ancestor's: then it stays, empty, as a tombstone. What a
 * snapshot holds is hidden by an extent of the head, never changed.
 */
final class UnmapPath {
    private final StoreParts parts;
    private final StripeLocks stripes;
    private final ExtentMap map;
    private final ExtentTable table;
    private final Head head;
    private final WritePath writes;
    private final UnmappedHoles holes;

    UnmapPath(
            StoreParts parts,
            StripeLocks stripes,
            ExtentMap map,
            Head head,
            WritePath writes,
            UnmappedHoles holes) {
        this.holes = holes;
        this.parts = parts;
        this.stripes = stripes;
        this.map = map;
        this.table = parts.table();
        this.head = head;
        this.writes = writes;
    }

    /** Unmaps a range of blocks of the volume; true if something is to be committed. */
    boolean unmap(long firstBlock, long endBlock) throws BackendException {
        if (firstBlock >= endBlock) {
            return false;
        }
        boolean uncommitted = false;
        long endPosition = Math.ceilDiv(endBlock, (long) Geometry.EXTENT_BLOCKS);
        long position = map.nextMapped(firstBlock / Geometry.EXTENT_BLOCKS, endPosition);
        while (position < endPosition) {
            long extentStart = position * Geometry.EXTENT_BLOCKS;
            int from = (int) Math.max(0, firstBlock - extentStart);
            int to = (int) Math.min(Geometry.EXTENT_BLOCKS, endBlock - extentStart);
            uncommitted |= unmapReclaiming(position, from, to);
            position = map.nextMapped(position + 1, endPosition);
        }
        // A hole may be one only because of a freeing that has not reached the medium yet.
        return uncommitted || table.hasUncommittedFrees();
    }

    private boolean unmapReclaiming(long position, int from, int to) throws BackendException {
        return SpaceWait.run(parts.commits(), () -> unmapExclusive(position, from, to));
    }

    private boolean unmapExclusive(long position, int from, int to) throws BackendException {
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockExclusive(stripe);
        try {
            head.checkOpen();
            int extent = map.get(position);
            if (extent == ExtentMap.NONE) {
                return false;
            }
            if (table.owner(extent) == head.id()) {
                return unmapOwn(position, extent, from, to);
            }
            return table.anyMapped(extent, from, to) && hide(position, extent, from, to);
        } finally {
            stripes.unlockExclusive(stripe, stamp);
        }
    }

    private boolean unmapOwn(long position, int extent, int from, int to) {
        boolean changed = table.unmap(extent, from, to);
        boolean uncommitted = table.isUncommitted(extent);
        if (!table.anyMapped(extent, 0, Geometry.EXTENT_BLOCKS) && !table.covers(extent)) {
            table.free(extent);
            map.put(position, ExtentMap.NONE);
            return true;
        }
        if (changed) {
            holes.add(position, from, to);
        }
        return uncommitted;
    }

    /** Gives the head an extent of its own with the blocks that stay. */
    private boolean hide(long position, int inherited, int from, int to) throws BackendException {
        int extent = writes.allocate(position, true);
        try {
            parts.copyOnWrite().copyExcept(inherited, extent, from, to);
            long[] bitmap = table.bitmap(inherited);
            BlockBitmap.clear(bitmap, 0, from, to);
            writes.adopt(position, inherited, extent, bitmap);
        } catch (BackendException | RuntimeException | Error e) {
            parts.allocator().release(extent);
            throw e;
        }
        return true;
    }
}
