package org.dbstore.backend.stream;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.volume.ExtentSight;
import org.dbstore.backend.volume.StoredVolume;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The changes between two views, in the order of their offsets. Where both lead to the same extent,
 * nothing changed and nothing is read. Not safe for use by several threads.
 */
public final class VolumeDiff {
    /** What counts as a change. */
    public enum Depth {
        /** Every block of an extent that was written since: fast, but more than what changed. */
        MAPPING,
        /** Blocks of such extents are read and compared; one that is not stored equals zeroes. */
        CONTENTS
    }

    private final Optional<StoredVolume> from;
    private final StoredVolume to;
    private final Depth depth;
    private final ArrayDeque<ChangedRange> found = new ArrayDeque<>();
    private final ByteBuffer before = AlignedBuffers.allocate(Geometry.EXTENT_BYTES);
    private final ByteBuffer after = AlignedBuffers.allocate(Geometry.EXTENT_BYTES);
    private final long endPosition;
    private long position;

    /**
     * Prepares the comparison.
     *
     * @param from what was; empty: zeroes throughout
     * @param to what is; bytes of {@code from} behind its end are left out
     * @param depth what counts as a change
     */
    public VolumeDiff(Optional<StoredVolume> from, StoredVolume to, Depth depth) {
        this.from = from;
        this.to = to;
        this.depth = depth;
        this.endPosition = to.sizeBytes() / Geometry.EXTENT_BYTES;
    }

    /**
     * Goes on behind an offset.
     *
     * @param offset what lies before is not told of; a multiple of 4096
     * @return this
     * @throws BackendException as {@link #next}
     */
    public VolumeDiff startAt(long offset) throws BackendException {
        position = offset / Geometry.EXTENT_BYTES;
        if (offset % Geometry.EXTENT_BYTES != 0 && position < endPosition) {
            compare(position++);
            found.removeIf(range -> range.end() <= offset);
            if (!found.isEmpty() && found.getFirst().offset() < offset) {
                ChangedRange cut = found.removeFirst();
                found.addFirst(new ChangedRange(offset, cut.end() - offset, cut.kind()));
            }
        }
        return this;
    }

    /**
     * Finds the next change.
     *
     * @return within one extent; empty at the end
     * @throws BackendException {@link org.dbstore.backend.BackendError#IO} if blocks to be compared
     *     cannot be read
     */
    public Optional<ChangedRange> next() throws BackendException {
        while (found.isEmpty() && position < endPosition) {
            position = nextMapped();
            if (position < endPosition) {
                compare(position++);
            }
        }
        return Optional.ofNullable(found.poll());
    }

    /**
     * Finds all changes that are left.
     *
     * @return ranges that go on in one another are one
     * @throws BackendException as {@link #next}
     */
    public List<ChangedRange> all() throws BackendException {
        List<ChangedRange> all = new ArrayList<>();
        for (Optional<ChangedRange> next = next(); next.isPresent(); next = next()) {
            ChangedRange range = next.get();
            if (!all.isEmpty() && all.getLast().continuesIn(range)) {
                all.add(all.removeLast().with(range));
            } else {
                all.add(range);
            }
        }
        return all;
    }

    private long nextMapped() {
        long next = to.map().nextMapped(position, endPosition);
        if (from.isPresent()) {
            long limit = Math.min(next, from.get().map().positionCount());
            long nextBefore = from.get().map().nextMapped(position, limit);
            next = nextBefore < limit ? nextBefore : next;
        }
        return next;
    }

    private void compare(long at) throws BackendException {
        ExtentSight old;
        ExtentSight now;
        int moves;
        do { // an extent that moves in between would look like another, or another like it
            moves = to.moveCount();
            old = from.isPresent() ? from.get().sightOf(at) : ExtentSight.NONE;
            now = to.sightOf(at);
        } while (moves != to.moveCount());
        if (old.extent() == now.extent()) {
            return;
        }
        int block = 0;
        while (block < Geometry.EXTENT_BLOCKS) {
            boolean wasMapped = BlockBitmap.get(old.bitmap(), 0, block);
            boolean isMapped = BlockBitmap.get(now.bitmap(), 0, block);
            int end =
                    Math.min(
                            BlockBitmap.runEnd(old.bitmap(), 0, block, Geometry.EXTENT_BLOCKS),
                            BlockBitmap.runEnd(now.bitmap(), 0, block, Geometry.EXTENT_BLOCKS));
            if (wasMapped || isMapped) {
                ChangedRange.Kind kind = isMapped ? ChangedRange.Kind.DATA : ChangedRange.Kind.ZERO;
                if (from.isPresent() && depth == Depth.CONTENTS) {
                    compareContents(at, block, end, kind);
                } else {
                    add(at, block, end, kind);
                }
            }
            block = end;
        }
    }

    private void compareContents(long at, int firstBlock, int endBlock, ChangedRange.Kind kind)
            throws BackendException {
        int length = (endBlock - firstBlock) * Geometry.BLOCK_BYTES;
        long offset = at * Geometry.EXTENT_BYTES + (long) firstBlock * Geometry.BLOCK_BYTES;
        from.orElseThrow().read(offset, before.clear().limit(length));
        to.read(offset, after.clear().limit(length));
        before.flip();
        after.flip();
        int same = before.mismatch(after);
        while (same >= 0) { // index of the first byte that differs, from the position
            int block = (before.position() + same) / Geometry.BLOCK_BYTES;
            add(at, firstBlock + block, firstBlock + block + 1, kind);
            int next = (block + 1) * Geometry.BLOCK_BYTES;
            before.position(next);
            after.position(next);
            same = before.mismatch(after);
        }
    }

    private void add(long at, int firstBlock, int endBlock, ChangedRange.Kind kind) {
        ChangedRange range =
                new ChangedRange(
                        at * Geometry.EXTENT_BYTES + (long) firstBlock * Geometry.BLOCK_BYTES,
                        (long) (endBlock - firstBlock) * Geometry.BLOCK_BYTES,
                        kind);
        if (!found.isEmpty() && found.getLast().continuesIn(range)) {
            found.addLast(found.removeLast().with(range));
        } else {
            found.addLast(range);
        }
    }
}
