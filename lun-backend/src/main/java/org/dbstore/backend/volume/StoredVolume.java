package org.dbstore.backend.volume;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;

/** A view of the store: the live head of a volume, or a frozen snapshot. */
public final class StoredVolume implements Volume {
    /** A step that needs the volume to stand still. */
    @FunctionalInterface
    public interface FrozenStep {
        /**
         * Runs while no request is under way.
         *
         * @return id of the new head
         * @throws BackendException as the step does
         */
        int run() throws BackendException;
    }

    /** Part of the view that nobody else touches while it runs. */
    @FunctionalInterface
    public interface ExclusiveStep {
        /** Runs with the stripe of the position locked. */
        void run();
    }

    /** A longer run is reported in parts, so that nobody waits for a walk over a whole volume. */
    private static final int RUN_EXTENTS_MAX = 4096;

    private static final ByteBuffer ZERO_BLOCK = ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES);

    private final StoreParts parts;
    private final Subject subject;
    private final boolean readOnly;
    private final StripeLocks stripes = new StripeLocks();
    private final ExtentMap map;
    private final ExtentTable table;
    private final Head head;
    private final ReadPath reads;
    private final WritePath writes;
    private final UnmapPath unmaps;
    private final CopyPath copies;
    private final AtomicPath atomics;
    private final UnmappedHoles holes;

    /**
     * Creates the view.
     *
     * @param parts of the store
     * @param subject whom it shows
     * @param headId layer that writes belong to, or the snapshot
     * @param readOnly true for a snapshot or a store opened so
     * @param map what the chain shows
     */
    public StoredVolume(
            StoreParts parts, Subject subject, int headId, boolean readOnly, ExtentMap map) {
        this.parts = parts;
        this.subject = subject;
        this.readOnly = readOnly;
        this.map = map;
        this.table = parts.table();
        this.head = new Head(subject::name, headId);
        this.reads = new ReadPath(parts, stripes, map, head);
        this.writes = new WritePath(parts, stripes, map, head);
        this.holes = new UnmappedHoles(parts, stripes, map, head);
        this.unmaps = new UnmapPath(parts, stripes, map, head, writes, holes);
        this.copies = new CopyPath(parts, stripes, writes);
        this.atomics = new AtomicPath(parts, stripes, map, head, writes);
    }

    @Override
    public String name() {
        return head.name();
    }

    @Override
    public UUID uuid() {
        return subject.uuid();
    }

    @Override
    public boolean wasDirtyAtCrash() {
        return subject.wasDirtyAtCrash();
    }

    @Override
    public void markDirty() throws BackendException {
        checkWritable();
        subject.markDirty();
    }

    @Override
    public long sizeBytes() {
        return map.positionCount() * Geometry.EXTENT_BYTES;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public boolean writesWaitForMedium() {
        return parts.io().alignment() > 1;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws BackendException {
        checkRange(offset, target.remaining());
        reads.read(offset, target);
    }

    @Override
    public boolean readNow(long offset, ByteBuffer target) throws BackendException {
        checkRange(offset, target.remaining());
        return reads.readNow(offset, target);
    }

    @Override
    public boolean write(long offset, ByteBuffer source) throws BackendException {
        return write(offset, source, WritePath.Aim.COMMIT);
    }

    @Override
    public boolean writeBack(long offset, ByteBuffer source) throws BackendException {
        return write(offset, source, WritePath.Aim.INTENT);
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws BackendException {
        return write(offset, source, WritePath.Aim.THROUGH);
    }

    private boolean write(long offset, ByteBuffer source, WritePath.Aim aim)
            throws BackendException {
        checkRange(offset, source.remaining());
        checkWritable();
        boolean commitNeeded = writes.write(offset, source, aim);
        parts.health().check();
        return commitNeeded;
    }

    @Override
    public int atomicWriteBytesMax() {
        return !readOnly && parts.commits().isJournaled() ? AtomicPath.BYTES_MAX : 0;
    }

    @Override
    public void writeAtomically(long offset, ByteBuffer source) throws BackendException {
        checkRange(offset, source.remaining());
        checkWritable();
        if (source.remaining() > atomicWriteBytesMax()) {
            throw new IllegalArgumentException(
                    "%d bytes at once to %s".formatted(source.remaining(), name()));
        }
        if (source.hasRemaining()) {
            atomics.write(offset, source);
        }
    }

    @Override
    public boolean writeZeroes(long offset, long lengthBytes) throws BackendException {
        checkRange(offset, lengthBytes);
        checkWritable();
        long end = offset + lengthBytes;
        long firstBlock = Math.ceilDiv(offset, (long) Geometry.BLOCK_BYTES);
        long endBlock = end / Geometry.BLOCK_BYTES;
        boolean uncommitted;
        if (firstBlock > endBlock) { // within one block
            uncommitted = zeroPart(offset, lengthBytes);
        } else {
            uncommitted = zeroPart(offset, firstBlock * Geometry.BLOCK_BYTES - offset);
            uncommitted |= unmaps.unmap(firstBlock, endBlock);
            uncommitted |=
                    zeroPart(
                            endBlock * Geometry.BLOCK_BYTES, end - endBlock * Geometry.BLOCK_BYTES);
        }
        parts.health().check();
        return uncommitted;
    }

    @Override
    public boolean unmap(long offset, long lengthBytes) throws BackendException {
        checkRange(offset, lengthBytes);
        checkWritable();
        long firstBlock = Math.ceilDiv(offset, (long) Geometry.BLOCK_BYTES);
        long endBlock = (offset + lengthBytes) / Geometry.BLOCK_BYTES;
        boolean uncommitted = unmaps.unmap(firstBlock, endBlock);
        parts.health().check();
        return uncommitted;
    }

    @Override
    public Copied copyFrom(Volume source, long sourceOffset, long offset, long lengthBytes)
            throws BackendException {
        boolean whole = ((sourceOffset | offset | lengthBytes) & Geometry.BLOCK_BYTES - 1) == 0;
        if (!whole || !(source instanceof StoredVolume other) || !other.parts.equals(parts)) {
            return new Copied(0, false);
        }
        other.checkRange(sourceOffset, lengthBytes);
        checkRange(offset, lengthBytes);
        checkWritable();
        CopyPath.Source from = new CopyPath.Source(other.stripes, other.head, other.map);
        Copied copied = copies.copy(from, sourceOffset, offset, lengthBytes);
        parts.health().check();
        return copied;
    }

    @Override
    public Run runAt(long offset) {
        checkRange(offset, 1);
        long firstBlock = offset / Geometry.BLOCK_BYTES;
        long end = firstBlock;
        boolean mapped = isMapped(firstBlock);
        long limit = sizeBytes() / Geometry.BLOCK_BYTES;
        boolean same = true;
        for (int looked = 0; end < limit && same && looked < RUN_EXTENTS_MAX; looked++) {
            long runEnd = runEndInExtent(end, mapped);
            same = runEnd > end && runEnd % Geometry.EXTENT_BLOCKS == 0;
            end = runEnd;
            if (!mapped && same) { // over everything that has no extent
                long next = map.nextMapped(end / Geometry.EXTENT_BLOCKS, map.positionCount());
                end = next * Geometry.EXTENT_BLOCKS;
            }
        }
        end = Math.max(end, firstBlock + 1); // the state may have changed under our eyes
        return new Run(end * Geometry.BLOCK_BYTES - offset, mapped);
    }

    @Override
    public void commit(CommitListener listener) {
        head.checkOpen();
        if (parts.readOnly()) {
            listener.committed(null);
        } else {
            parts.commits().commit(holes.areNone() ? listener : punchingAfter(listener));
        }
    }

    @Override
    public void flush() throws BackendException {
        head.checkOpen();
        if (!parts.readOnly()) {
            parts.commits().flush();
            holes.punchFew();
        }
    }

    private CommitListener punchingAfter(CommitListener listener) {
        return failure -> {
            listener.committed(failure);
            if (failure == null) {
                holes.punchInBackground();
            }
        };
    }

    /**
     * Stops the volume: waits for all requests, runs the step, goes on with the head that it gives.
     * The step may change the size of the map, or exchange what it holds.
     *
     * @param step makes a change durable
     * @throws BackendException as the step; the head is then as before
     */
    public void freeze(FrozenStep step) throws BackendException {
        stripes.lockAll();
        try {
            head.set(step.run());
        } finally {
            stripes.unlockAll();
        }
    }

    /**
     * Runs a step while nobody uses a position.
     *
     * @param position of the volume
     * @param step changes entries of that position
     */
    public void exclusively(long position, ExclusiveStep step) {
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockExclusive(stripe);
        try {
            step.run();
        } finally {
            stripes.unlockExclusive(stripe, stamp);
        }
    }

    /**
     * Runs a step while nobody uses some positions. Two views are only locked at once by who holds
     * the management lock.
     *
     * @param positions of the volume
     * @param step changes entries of those positions
     * @throws BackendException as the step
     */
    public void exclusively(Collection<Long> positions, SteadyStep step) throws BackendException {
        BitSet needed = new BitSet();
        positions.forEach(position -> needed.set(StripeLocks.stripeOf(position)));
        long[] stamps = stripes.lockExclusive(needed);
        try {
            step.run();
        } finally {
            stripes.unlockExclusive(needed, stamps);
        }
    }

    /**
     * Changes with every move of an extent on the device.
     *
     * @return a number to compare
     */
    public int moveCount() {
        return table.moveCount();
    }

    /** Work on what positions lead to. */
    @FunctionalInterface
    public interface SteadyStep {
        /**
         * Runs with the stripes of the positions locked.
         *
         * @throws BackendException as the step does
         */
        void run() throws BackendException;
    }

    /**
     * Runs a step while a position goes on leading to the same extent, and that stays what it is.
     *
     * @param position of the volume
     * @param step looks the extent up and reads it
     * @throws BackendException as the step
     */
    public void steadily(long position, SteadyStep step) throws BackendException {
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockShared(stripe);
        try {
            step.run();
        } finally {
            stripes.unlockShared(stripe, stamp);
        }
    }

    /**
     * The map of the view, for copying a snapshot and for taking positions out.
     *
     * @return guarded by the stripes
     */
    public ExtentMap map() {
        return map;
    }

    /**
     * Tells what leads to the data of a position.
     *
     * @param position of any volume
     * @return of this moment; nothing beyond the end
     */
    public ExtentSight sightOf(long position) {
        if (position >= map.positionCount()) {
            return ExtentSight.NONE;
        }
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockShared(stripe);
        try {
            head.checkOpen();
            int extent = map.get(position);
            return extent == ExtentMap.NONE
                    ? ExtentSight.NONE
                    : new ExtentSight(extent, table.bitmap(extent));
        } finally {
            stripes.unlockShared(stripe, stamp);
        }
    }

    /** Gives back now what has been unmapped and is committed; the view goes on. */
    public void punchUnmapped() {
        holes.punchNow();
    }

    /**
     * Ends the view: waits for the transfers under way. Requests that come later, or have not done
     * all of their transfers yet, fail; that is the fault of whoever released the view too early.
     */
    public void close() {
        punchUnmapped();
        stripes.lockAll();
        try {
            head.close();
        } finally {
            stripes.unlockAll();
        }
        holes.awaitThread();
    }

    private boolean zeroPart(long offset, long lengthBytes) throws BackendException {
        long block = offset / Geometry.BLOCK_BYTES;
        if (lengthBytes == 0) {
            return false;
        }
        if (!isMapped(block)) {
            return isHoleUncommitted(block); // it reads as zeroes already
        }
        return writes.zero(offset, ZERO_BLOCK.slice(0, (int) lengthBytes));
    }

    private boolean isMapped(long block) {
        return runEndInExtent(block, true) > block;
    }

    private boolean isHoleUncommitted(long block) {
        long position = block / Geometry.EXTENT_BLOCKS;
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockShared(stripe);
        try {
            head.checkOpen();
            int extent = map.get(position);
            return extent == ExtentMap.NONE
                    ? table.hasUncommittedFrees()
                    : table.isUncommitted(extent);
        } finally {
            stripes.unlockShared(stripe, stamp);
        }
    }

    /** Returns the end of the run of the given state from a block on, at most its extent's end. */
    private long runEndInExtent(long block, boolean mapped) {
        long position = block / Geometry.EXTENT_BLOCKS;
        int inExtent = (int) (block % Geometry.EXTENT_BLOCKS);
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockShared(stripe);
        try {
            head.checkOpen();
            int extent = map.get(position);
            int end = inExtent;
            if (extent == ExtentMap.NONE) {
                end = mapped ? inExtent : Geometry.EXTENT_BLOCKS;
            } else if (table.isMapped(extent, inExtent) == mapped) {
                end = table.runEnd(extent, inExtent, Geometry.EXTENT_BLOCKS);
            }
            return position * Geometry.EXTENT_BLOCKS + end;
        } finally {
            stripes.unlockShared(stripe, stamp);
        }
    }

    private void checkRange(long offset, long lengthBytes) {
        head.checkOpen();
        Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    }

    private void checkWritable() throws BackendException {
        if (readOnly) {
            throw new BackendException(BackendError.READ_ONLY, name() + " is read-only");
        }
        parts.health().check();
    }
}
