package org.dbstore.backend.volume;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Writes that are on the medium whole or not at all. The extents that are touched are made anew
 * beside the old ones; one transaction, which one record of the journal holds, leads to the new
 * ones and frees the old. So it takes a journal, a commit, and a copy of what else these extents
 * have mapped.
 */
final class AtomicPath {
    /** One extent: wherever it begins, it touches two at the most. */
    static final int BYTES_MAX = Geometry.EXTENT_BYTES;

    private static final long NOTHING_ANNOUNCED = 0;

    private final StoreParts parts;
    private final StripeLocks stripes;
    private final ExtentMap map;
    private final ExtentTable table;
    private final Head head;
    private final WritePath writes;

    /**
     * An extent made anew, which nobody sees yet.
     *
     * @param position of the volume
     * @param before what was there: an extent of the head, an inherited one, or none
     * @param own true if it was the head's
     * @param extent what takes its place
     * @param bitmap what is mapped in it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once
    private record Renewed(long position, int before, boolean own, int extent, long[] bitmap) {}

    AtomicPath(StoreParts parts, StripeLocks stripes, ExtentMap map, Head head, WritePath writes) {
        this.parts = parts;
        this.stripes = stripes;
        this.map = map;
        this.table = parts.table();
        this.head = head;
        this.writes = writes;
    }

    /** Writes a range that was checked; as {@link org.dbstore.backend.Volume#writeAtomically}. */
    void write(long offset, ByteBuffer source) throws BackendException {
        int start = source.position();
        SpaceWait.run(
                parts.commits(),
                () -> {
                    source.position(start);
                    writeExclusively(offset, source);
                    return offset;
                });
    }

    private void writeExclusively(long offset, ByteBuffer source) throws BackendException {
        BitSet needed = new BitSet();
        needed.set(StripeLocks.stripeOf(offset / Geometry.EXTENT_BYTES));
        needed.set(StripeLocks.stripeOf((offset + source.remaining() - 1) / Geometry.EXTENT_BYTES));
        long ticket = NOTHING_ANNOUNCED;
        int[] freed = {};
        long[] stamps = stripes.lockExclusive(needed);
        try {
            head.checkOpen();
            ticket = parts.commits().beginGivingBack(); // a free extent may be taken from now on
            List<Renewed> renewed = renew(offset, source);
            commit(renewed);
            renewed.forEach(this::show);
            freed = old(renewed);
        } finally {
            stripes.unlockExclusive(needed, stamps);
            if (ticket != NOTHING_ANNOUNCED) { // with no lock held: punching takes a while
                parts.commits().giveBack(ticket, freed);
            }
        }
    }

    private static int[] old(List<Renewed> renewed) {
        return renewed.stream().filter(Renewed::own).mapToInt(Renewed::before).sorted().toArray();
    }

    private List<Renewed> renew(long offset, ByteBuffer source) throws BackendException {
        long first = offset / Geometry.EXTENT_BYTES;
        long last = (offset + source.remaining() - 1) / Geometry.EXTENT_BYTES;
        int[] extents = writes.allocate(first, (int) (last - first) + 1);
        try {
            List<Renewed> renewed = new ArrayList<>();
            int inExtent = (int) offset & (Geometry.EXTENT_BYTES - 1);
            for (int extent : extents) {
                int length = Math.min(source.remaining(), Geometry.EXTENT_BYTES - inExtent);
                renewed.add(renew(first + renewed.size(), extent, inExtent, source, length));
                inExtent = 0;
            }
            return renewed;
        } catch (BackendException | RuntimeException | Error e) {
            for (int extent : extents) {
                parts.allocator().release(extent);
            }
            throw e;
        }
    }

    private Renewed renew(long position, int extent, int inExtent, ByteBuffer source, int length)
            throws BackendException {
        int before = map.get(position);
        boolean own = before != ExtentMap.NONE && table.owner(before) == head.id();
        if (own && table.hidesDuplicate(before)) {
            // Which of two entries counts depends on where they stand, so this one must not move.
            throw new BackendException(
                    BackendError.IO,
                    "extent %d of %s has two entries; repair the device"
                            .formatted(position, head.name()));
        }
        int firstBlock = inExtent / Geometry.BLOCK_BYTES;
        int endBlock = WritePath.endBlock(inExtent, length);
        long[] bitmap =
                before == ExtentMap.NONE ? new long[BlockBitmap.WORDS] : table.bitmap(before);
        BlockBitmap.set(bitmap, 0, firstBlock, endBlock);
        if (before != ExtentMap.NONE) {
            parts.copyOnWrite().copyExcept(before, extent, firstBlock, endBlock);
        }
        writes.writeBlocks(before, extent, inExtent, source, length);
        return new Renewed(position, before, own, extent, bitmap);
    }

    private void commit(List<Renewed> renewed) throws BackendException {
        Transaction transaction = new Transaction();
        int end = 0;
        for (Renewed each : renewed) {
            ByteBuffer entry = MetadataBlocks.buffer(ExtentEntry.BYTES);
            ExtentEntry.write(entry, 0, head.id(), (int) each.position(), each.bitmap(), 0);
            transaction.patch(Geometry.extentEntryOffset(each.extent()), entry);
            if (each.own()) {
                transaction.patch(
                        Geometry.extentEntryOffset(each.before()),
                        MetadataBlocks.buffer(ExtentEntry.BYTES));
            }
            end = Math.max(end, each.extent() + 1);
        }
        // What the medium has is unknown if this fails, so nobody gets the new extents then.
        parts.commits().apply(transaction.uses(end));
    }

    private void show(Renewed each) {
        if (each.own()) {
            table.move(each.before(), each.extent(), each.bitmap());
        } else {
            boolean covers = each.before() != ExtentMap.NONE;
            table.enter(each.extent(), head.id(), each.position(), each.bitmap(), covers);
        }
        map.put(each.position(), each.extent());
    }
}
