package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.operation.Directory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Reads the extent table, all of it and once. Entries at or above the high-water mark were never
 * acknowledged if the original wrote last: they are listed, to be freed. We raise the mark durably
 * before an id, so on a device that we wrote last it is the mark that is damaged.
 */
final class ExtentScan {
    private final MetadataReader reader;
    private final Geometry geometry;

    /** After the last extent of which the device has at least a part. */
    private final long presentEnd;

    private final long highWater;
    private final boolean markIsOurs;
    private final ExtentTable table;
    private final Directory directory;
    private final Findings findings;
    private final BitSet reserved;
    private final boolean reservedIdMarked;
    private final Purpose purpose;
    private int[] stale = new int[16];
    private int staleCount;
    private long end;
    private long aboveMark;

    ExtentScan(
            MetadataReader reader,
            Geometry geometry,
            long deviceBytes,
            long highWater,
            boolean markIsOurs,
            ExtentTable table,
            Directory directory,
            Findings findings,
            BitSet reserved,
            boolean reservedIdMarked,
            Purpose purpose) {
        this.reader = reader;
        this.geometry = geometry;
        this.presentEnd =
                Math.ceilDiv(deviceBytes - geometry.dataOffset(), (long) Geometry.EXTENT_BYTES);
        this.highWater = highWater;
        this.markIsOurs = markIsOurs;
        this.end = highWater;
        this.table = table;
        this.directory = directory;
        this.findings = findings;
        this.reserved = reserved;
        this.reservedIdMarked = reservedIdMarked;
        this.purpose = purpose;
    }

    /**
     * What the scan found beside the entries of the table.
     *
     * @param stale extents to be freed, ascending
     * @param highWater covers every entry that counts; differs from the superblock's if that is
     *     damaged
     */
    @SuppressWarnings("ArrayRecordComponent") // only handed over
    record Result(int[] stale, long highWater) {}

    /**
     * Fills the table.
     *
     * @throws BackendException {@link BackendError#IO}; {@link BackendError#CORRUPT} if a layer has
     *     what is reserved
     */
    Result run() throws BackendException {
        int entries = entryCount();
        int chunkBytes = Math.min(MetadataReader.CHUNK_ENTRIES, entries) * ExtentEntry.BYTES;
        ByteBuffer chunk =
                AlignedBuffers.allocate(
                                chunkBytes + AlignedBuffers.ALIGNMENT_BYTES - 1
                                        & -AlignedBuffers.ALIGNMENT_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int first = 0; first < entries; first += MetadataReader.CHUNK_ENTRIES) {
            int count = Math.min(MetadataReader.CHUNK_ENTRIES, entries - first);
            int bytes = count * ExtentEntry.BYTES + AlignedBuffers.ALIGNMENT_BYTES - 1;
            reader.readInto(
                    Geometry.extentEntryOffset(first),
                    chunk.clear().limit(bytes & -AlignedBuffers.ALIGNMENT_BYTES));
            readChunk(chunk.clear(), first, count);
        }
        if (aboveMark > 0) {
            findings.add(
                    Problem.HIGH_WATER,
                    "superblock",
                    Superblock.HIGH_WATER,
                    ("%d extents lie above the high-water mark %d, so the mark is damaged: they are"
                                    + " kept, and it is %d")
                            .formatted(aboveMark, highWater, end));
        }
        return new Result(Arrays.copyOf(stale, staleCount), end);
    }

    /** Entries that may mean something: of the original's count, and of a file that it let grow. */
    private int entryCount() {
        return (int)
                Math.min(geometry.tableCapacity(), Math.max(geometry.totalExtents(), presentEnd));
    }

    private void readChunk(ByteBuffer chunk, int first, int count) throws BackendException {
        long[] bitmap = new long[BlockBitmap.WORDS];
        for (int i = 0; i < count; i++) {
            int at = i * ExtentEntry.BYTES;
            int owner = ExtentEntry.owner(chunk, at);
            if (owner != 0) {
                ExtentEntry.readBitmap(chunk, at, bitmap, 0);
                enter(first + i, owner, ExtentEntry.position(chunk, at), bitmap);
            }
        }
    }

    private void enter(int extent, int owner, int position, long[] bitmap) throws BackendException {
        if (reserved.get(extent)) {
            if (owner != ReservedExtents.OWNER) {
                reportClaimed(extent, owner);
            }
            return;
        }
        if (owner == ReservedExtents.OWNER && reservedIdMarked) {
            addStale(extent); // the making of a journal that was cut short
            return;
        }
        if (extent >= highWater && markIsOurs) {
            end = extent + 1L;
            aboveMark++;
        } else if (extent >= highWater) {
            addStale(extent);
            return;
        }
        if (extent >= presentEnd) {
            findings.add(
                    Problem.BEYOND_DEVICE,
                    "extent " + extent,
                    Geometry.extentEntryOffset(extent),
                    "extent %d of snapshot %d lies beyond the end of the device: not served"
                            .formatted(extent, owner));
            directory.reserveId(owner); // a new layer with this id would adopt it
            return;
        }
        if (extent >= geometry.usableExtents()) {
            findings.add(
                    Problem.BEYOND_LAYOUT,
                    "extent " + extent,
                    Geometry.extentEntryOffset(extent),
                    ("extent %d of snapshot %d lies at the end of the device, where none should be:"
                                    + " served as far as it is there")
                            .formatted(extent, owner));
        }
        table.load(extent, owner, position, bitmap, 0);
    }

    /** Whatever is done next, one of the two would write over the other. */
    private void reportClaimed(int extent, int owner) throws BackendException {
        String text =
                "extent %d is listed for our own use, and belongs to snapshot %d"
                        .formatted(extent, owner);
        if (purpose == Purpose.USE) {
            throw new BackendException(BackendError.CORRUPT, text);
        }
        findings.add(
                Problem.RESERVED_CLAIMED,
                "extent " + extent,
                Geometry.extentEntryOffset(extent),
                text);
    }

    private void addStale(int extent) {
        if (staleCount == stale.length) {
            stale = Arrays.copyOf(stale, staleCount * 2);
        }
        stale[staleCount++] = extent;
    }
}
