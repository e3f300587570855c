package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads the extent table, all of it and once. Entries at or above the high-water mark were never
 * acknowledged by anybody: they are listed, to be zeroed.
 */
final class ExtentScan {
    private final MetadataReader reader;
    private final Geometry geometry;
    private final long deviceBytes;
    private final long highWater;
    private final ExtentTable table;
    private final Findings findings;
    private int[] stale = new int[16];
    private int staleCount;

    ExtentScan(
            MetadataReader reader,
            Geometry geometry,
            long deviceBytes,
            long highWater,
            ExtentTable table,
            Findings findings) {
        this.reader = reader;
        this.geometry = geometry;
        this.deviceBytes = deviceBytes;
        this.highWater = highWater;
        this.table = table;
        this.findings = findings;
    }

    /**
     * Fills the table.
     *
     * @return extents whose entries are to be zeroed, ascending
     */
    int[] run() throws BackendException {
        int end = entryCount();
        ByteBuffer chunk =
                AlignedBuffers.allocate(MetadataReader.CHUNK_ENTRIES * ExtentEntry.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int first = 0; first < end; first += MetadataReader.CHUNK_ENTRIES) {
            int count = Math.min(MetadataReader.CHUNK_ENTRIES, end - first);
            int bytes = count * ExtentEntry.BYTES + AlignedBuffers.ALIGNMENT_BYTES - 1;
            reader.readInto(
                    Geometry.extentEntryOffset(first),
                    chunk.clear().limit(bytes & -AlignedBuffers.ALIGNMENT_BYTES));
            readChunk(chunk.clear(), first, count);
        }
        return Arrays.copyOf(stale, staleCount);
    }

    /** Entries that may mean something: of the original's count, and of a file that it let grow. */
    private int entryCount() {
        return (int)
                Math.min(geometry.tableCapacity(), Math.max(geometry.totalExtents(), presentEnd()));
    }

    /** After the last extent of which the device has at least a part. */
    private long presentEnd() {
        return Math.ceilDiv(deviceBytes - geometry.dataOffset(), (long) Geometry.EXTENT_BYTES);
    }

    private void readChunk(ByteBuffer chunk, int first, int count) {
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

    private void enter(int extent, int owner, int position, long[] bitmap) {
        if (extent >= highWater) {
            if (staleCount == stale.length) {
                stale = Arrays.copyOf(stale, staleCount * 2);
            }
            stale[staleCount++] = extent;
            return;
        }
        if (extent >= presentEnd()) {
            findings.add(
                    "extent %d of snapshot %d lies beyond the end of the device: not served",
                    extent, owner);
            return;
        }
        if (extent >= geometry.usableExtents()) {
            findings.add(
                    "extent %d of snapshot %d lies at the end of the device, where none should be:"
                            + " served as far as it is there",
                    extent, owner);
        }
        table.load(extent, owner, position, bitmap, 0);
    }
}
