package org.dbstore.backend.repair;

import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A device that only seems to change: written metadata stays in memory. Data that is written is
 * forgotten, for nobody looks at it here.
 */
final class OverlayDevice implements BlockDevice {
    private static final int BLOCK = Geometry.BLOCK_BYTES;

    private final BlockDevice device;
    private final MetadataImage metadata;
    private final Map<Long, byte[]> written = new HashMap<>();

    /**
     * Creates the device.
     *
     * @param device read, never written
     * @param metadata tells which blocks are metadata
     */
    OverlayDevice(BlockDevice device, MetadataImage metadata) {
        this.device = device;
        this.metadata = metadata;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public long sizeBytes() {
        return device.sizeBytes();
    }

    @Override
    public int alignment() {
        return device.alignment();
    }

    @Override
    public synchronized void read(long offset, ByteBuffer target) throws IOException {
        int start = target.position();
        device.read(offset, target);
        int end = target.position();
        for (long block = offset / BLOCK; block * BLOCK < offset + end - start; block++) {
            byte[] bytes = written.get(block);
            if (bytes != null) {
                long from = Math.max(offset, block * BLOCK);
                long to = Math.min(offset + end - start, (block + 1) * BLOCK);
                target.put(
                        start + (int) (from - offset),
                        bytes,
                        (int) (from - block * BLOCK),
                        (int) (to - from));
            }
        }
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        read(offset, target);
        return true;
    }

    @Override
    public synchronized void write(long offset, ByteBuffer source) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            long block = at / BLOCK;
            int inBlock = (int) (at % BLOCK);
            int count = Math.min(source.remaining(), BLOCK - inBlock);
            if (metadata.has(block)) {
                source.get(present(block), inBlock, count);
            } else {
                source.position(source.position() + count);
            }
            at += count;
        }
    }

    private byte[] present(long block) throws IOException {
        byte[] bytes = written.get(block);
        if (bytes == null) {
            ByteBuffer present = AlignedBuffers.allocate(BLOCK);
            device.read(block * BLOCK, present);
            bytes = new byte[BLOCK];
            present.get(0, bytes);
            written.put(block, bytes);
        }
        return bytes;
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws IOException {
        write(offset, source);
        return true;
    }

    @Override
    public void force() {}

    @Override
    public void punchHole(long offset, long lengthBytes) {}

    /** The device stays open. */
    @Override
    public void close() {}
}
