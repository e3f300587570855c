package org.dbstore.backend.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A sparse device in memory: for tests, simulations and measurements. Pages that were never written
 * take no memory and read as zeroes; nothing survives the process.
 */
public final class MemoryBlockDevice implements BlockDevice {
    private static final int PAGE_BYTES = 1 << 16;

    private final String name;
    private final long sizeBytes;
    private final AtomicReferenceArray<byte[]> pages;

    /**
     * Creates a device of zeroes.
     *
     * @param name for messages
     * @param sizeBytes of any alignment, below 128 TiB
     */
    public MemoryBlockDevice(String name, long sizeBytes) {
        this.name = name;
        this.sizeBytes = sizeBytes;
        this.pages =
                new AtomicReferenceArray<>(
                        Math.toIntExact(Math.ceilDiv(sizeBytes, (long) PAGE_BYTES)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        checkBounds(offset, target.remaining());
        long at = offset;
        while (target.hasRemaining()) {
            int inPage = (int) (at % PAGE_BYTES);
            int count = Math.min(target.remaining(), PAGE_BYTES - inPage);
            byte[] page = pages.get((int) (at / PAGE_BYTES));
            if (page != null) {
                target.put(page, inPage, count);
            } else {
                for (int i = 0; i < count; i++) {
                    target.put((byte) 0);
                }
            }
            at += count;
        }
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        read(offset, target);
        return true;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        checkBounds(offset, source.remaining());
        long at = offset;
        while (source.hasRemaining()) {
            int inPage = (int) (at % PAGE_BYTES);
            int count = Math.min(source.remaining(), PAGE_BYTES - inPage);
            source.get(pageForWriting((int) (at / PAGE_BYTES)), inPage, count);
            at += count;
        }
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws IOException {
        write(offset, source);
        return true;
    }

    @Override
    public void force() {}

    @Override
    public void punchHole(long offset, long lengthBytes) throws IOException {
        checkBounds(offset, lengthBytes);
        long firstPage = Math.ceilDiv(offset, (long) PAGE_BYTES);
        for (long page = firstPage; page < (offset + lengthBytes) / PAGE_BYTES; page++) {
            pages.set((int) page, null);
        }
    }

    @Override
    public void close() {}

    private byte[] pageForWriting(int index) {
        byte[] page = pages.get(index);
        if (page == null) {
            pages.compareAndSet(index, null, new byte[PAGE_BYTES]);
            page = pages.get(index);
        }
        return page;
    }

    private void checkBounds(long offset, long lengthBytes) throws IOException {
        if (offset < 0 || lengthBytes < 0 || lengthBytes > sizeBytes - offset) {
            throw new IOException(
                    "bytes %d..%d are beyond the end of %s (%d bytes)"
                            .formatted(offset, offset + lengthBytes, name, sizeBytes));
        }
    }
}
