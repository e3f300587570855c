package org.dbstore.backend.extent;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.format.Geometry;

import java.util.concurrent.atomic.LongAdder;

/** Copies the blocks of an extent that count, in runs, one buffer at a time. */
public final class CopyOnWrite {
    private final Geometry geometry;
    private final DeviceIo io;
    private final ExtentTable table;
    private final LongAdder copiedBytes = new LongAdder();

    /**
     * Creates the copier.
     *
     * @param geometry where extents lie
     * @param io moves the bytes
     * @param table knows which blocks are mapped
     */
    public CopyOnWrite(Geometry geometry, DeviceIo io, ExtentTable table) {
        this.geometry = geometry;
        this.io = io;
        this.table = table;
    }

    /**
     * Copies the mapped blocks outside a range to the same places of another extent.
     *
     * @param from an owned extent
     * @param to an extent that nobody else knows
     * @param exceptFrom first block left out
     * @param exceptTo after the last left out
     * @throws BackendException as {@link DeviceIo}; the extent copied to is then worth nothing
     */
    public void copyExcept(int from, int to, int exceptFrom, int exceptTo) throws BackendException {
        copyMapped(from, to, 0, exceptFrom);
        copyMapped(from, to, exceptTo, Geometry.EXTENT_BLOCKS);
    }

    private void copyMapped(int from, int to, int firstBlock, int limit) throws BackendException {
        int block = firstBlock;
        while (block < limit) {
            int end = table.runEnd(from, block, limit);
            if (table.isMapped(from, block)) {
                copy(from, to, block, end);
            }
            block = end;
        }
    }

    private void copy(int from, int to, int firstBlock, int endBlock) throws BackendException {
        int offset = firstBlock * Geometry.BLOCK_BYTES;
        int length = (endBlock - firstBlock) * Geometry.BLOCK_BYTES;
        io.copy(geometry.extentOffset(from) + offset, geometry.extentOffset(to) + offset, length);
        copiedBytes.add(length);
    }

    /**
     * Adds up what was copied.
     *
     * @return bytes since the device was opened
     */
    public long copiedBytes() {
        return copiedBytes.sum();
    }
}
