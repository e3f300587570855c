package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.commit.MirrorBuilder;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Compares every block of the tables with its checksum and takes the copy where the home is not
 * what was written. Blocks that the journal has are passed over: their homes and copies may be
 * anything.
 */
final class MirrorCheck {
    private static final int TABLE_BLOCK = Geometry.EXTENT_TABLE / Geometry.BLOCK_BYTES;

    private final MetadataReader reader;
    private final Geometry geometry;
    private final ReservedExtents reserved;
    private final UUID device;
    private final boolean closed;
    private final Findings findings;
    private final Purpose purpose;
    private final int[] checksums;
    private final List<Long> repaired = new ArrayList<>();
    private final List<Long> lost = new ArrayList<>();
    private final BitSet doubtfulOwners = new BitSet();

    /**
     * Prepares the check.
     *
     * @param closed true if the device was closed cleanly: then the original may have changed bits
     *     since, without any other trace
     */
    MirrorCheck(
            MetadataReader reader,
            Geometry geometry,
            ReservedExtents reserved,
            UUID device,
            boolean closed,
            Findings findings,
            Purpose purpose) {
        this.reader = reader;
        this.geometry = geometry;
        this.reserved = reserved;
        this.device = device;
        this.closed = closed;
        this.findings = findings;
        this.purpose = purpose;
        this.checksums = new int[MirrorBuilder.coveredBlocks(geometry, reserved)];
    }

    /**
     * What the check found; the reader shows repaired blocks from now on.
     *
     * @param checksums of the blocks as they are read now
     * @param doubtfulOwners ids whose entries differ from the mirror's in a way that the original
     *     may have caused
     * @param repaired blocks that are shown as the mirror has them
     */
    @SuppressWarnings("ArrayRecordComponent") // only handed over
    record Result(int[] checksums, BitSet doubtfulOwners, Set<Long> repaired) {}

    /**
     * Runs it.
     *
     * @throws BackendException {@link BackendError#CORRUPT} if home and copy of a block are damaged
     *     and somebody wants to use them
     */
    Result run() throws BackendException {
        for (int m = 0; m * MirrorHeader.BLOCKS < checksums.length; m++) {
            check(m);
        }
        if (!repaired.isEmpty()) {
            findings.add(
                    Problem.MIRROR_TAKEN,
                    "mirror",
                    repaired.getFirst() * Geometry.BLOCK_BYTES,
                    "%d blocks of metadata were not what was written (first: block %d): their mirror was taken"
                            .formatted(repaired.size(), repaired.getFirst()));
        }
        if (purpose == Purpose.CHECK) {
            lost.forEach(this::reportLost);
        } else if (!lost.isEmpty()) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    "%d blocks of metadata are damaged, and so is their mirror (first: block %d)"
                            .formatted(lost.size(), lost.getFirst()));
        }
        return new Result(checksums, doubtfulOwners, Set.copyOf(repaired));
    }

    private void check(int m) throws BackendException {
        int first = m * MirrorHeader.BLOCKS;
        int count = Math.min(MirrorHeader.BLOCKS, checksums.length - first);
        long mirrorOffset = geometry.extentOffset(reserved.mirrors().get(m));
        MirrorHeader header = MirrorHeader.read(reader.read(mirrorOffset, Geometry.BLOCK_BYTES));
        if (header != null && (header.index() != m || !header.device().equals(device))) {
            header = null;
        }
        int[] expected = header == null ? null : header.checksums();
        reader.forEachBlock(
                (long) first * Geometry.BLOCK_BYTES,
                count,
                (i, home) -> {
                    int checksum = MirrorHeader.checksum(home);
                    checksums[first + i] = checksum;
                    boolean good =
                            reader.isOverlaid(first + i)
                                    || (expected != null && expected[i] == checksum);
                    if (!good) {
                        long copy = mirrorOffset + (1L + i) * Geometry.BLOCK_BYTES;
                        compare(
                                first + i,
                                home,
                                reader.read(copy, Geometry.BLOCK_BYTES),
                                expected,
                                i);
                    }
                });
    }

    private void compare(
            int block, ByteBuffer home, ByteBuffer copy, int @Nullable [] expected, int i) {
        if (expected == null) {
            if (home.mismatch(copy) >= 0) {
                lose(block, home);
            }
        } else if (expected[i] != MirrorHeader.checksum(copy)) {
            lose(block, home);
        } else if (purpose != Purpose.REPAIR_FROM_MIRROR
                && closed
                && block >= TABLE_BLOCK
                && couldBeTheOriginals(block, home, copy)) {
            if (purpose == Purpose.REPAIR_KEEPING_DEVICE) {
                reader.overlay(block, home); // so that it goes to the mirror
                doubtfulOwners.clear(); // decided
                return;
            }
            findings.add(
                    Problem.DOUBTFUL,
                    "block " + block,
                    (long) block * Geometry.BLOCK_BYTES,
                    ("block %d of the extent table differs from its mirror: either it is damaged,"
                                    + " or the original wrote to the device since it was closed")
                            .formatted(block));
        } else {
            reader.overlay(block, copy);
            checksums[block] = expected[i];
            repaired.add((long) block);
        }
    }

    private void lose(int block, ByteBuffer home) {
        if (purpose == Purpose.REPAIR_KEEPING_DEVICE) {
            reader.overlay(block, home); // so that it goes to the mirror
        } else {
            lost.add((long) block);
        }
    }

    private void reportLost(long block) {
        findings.add(
                Problem.LOST_BLOCK,
                "block " + block,
                block * Geometry.BLOCK_BYTES,
                "block %d of metadata is damaged, and so is its mirror".formatted(block));
    }

    /**
     * Tells whether all differences are bits, or entries that are free now: the original changes
     * these without a trace elsewhere. Collects whose they are.
     */
    private boolean couldBeTheOriginals(int block, ByteBuffer home, ByteBuffer copy) {
        long begin = (long) block * Geometry.BLOCK_BYTES - Geometry.EXTENT_TABLE;
        BitSet owners = new BitSet();
        long firstEntry = Math.floorDiv(begin, (long) ExtentEntry.BYTES);
        boolean could = true;
        for (long entry = firstEntry;
                entry * ExtentEntry.BYTES < begin + Geometry.BLOCK_BYTES && could;
                entry++) {
            int at = (int) (entry * ExtentEntry.BYTES - begin);
            int from = Math.max(0, at);
            int to = Math.min(Geometry.BLOCK_BYTES, at + ExtentEntry.BYTES);
            if (home.slice(from, to - from).mismatch(copy.slice(from, to - from)) >= 0) {
                could = at >= 0 && to == at + ExtentEntry.BYTES && sameOwner(home, copy, at);
                owners.set(could ? ExtentEntry.owner(copy, at) : 0);
            }
        }
        if (could) {
            doubtfulOwners.or(owners);
        }
        return could;
    }

    private static boolean sameOwner(ByteBuffer home, ByteBuffer copy, int at) {
        int owner = ExtentEntry.owner(home, at);
        return owner == 0
                || (owner == ExtentEntry.owner(copy, at)
                        && ExtentEntry.position(home, at) == ExtentEntry.position(copy, at));
    }
}
