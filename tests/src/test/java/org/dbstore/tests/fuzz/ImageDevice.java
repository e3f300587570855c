package org.dbstore.tests.fuzz;

import org.dbstore.backend.device.BlockDevice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A device in memory that is copied in no time: copies share the pages that neither has written.
 */
final class ImageDevice implements BlockDevice {
    private static final int PAGE_BYTES = 1 << 16;

    private final byte[][] pages;
    private final boolean[] own;
    private final long sizeBytes;
    private long writes;

    private ImageDevice(byte[][] pages, long sizeBytes) {
        this.pages = pages;
        this.own = new boolean[pages.length];
        this.sizeBytes = sizeBytes;
    }

    /** A device of zeroes. */
    static ImageDevice blank(long sizeBytes) {
        return new ImageDevice(new byte[Math.toIntExact(sizeBytes / PAGE_BYTES)][], sizeBytes);
    }

    /** A device with the same contents, or the first part of them. */
    synchronized ImageDevice copy(long newSizeBytes) {
        java.util.Arrays.fill(own, false);
        return new ImageDevice(pages.clone(), Math.min(sizeBytes, newSizeBytes));
    }

    /** Calls that changed something. */
    synchronized long writes() {
        return writes;
    }

    /** Contents at will, little-endian; of what lies beyond the end, zeroes. */
    ByteBuffer get(long offset, int count) {
        return ByteBuffer.wrap(bytes(offset, count)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Contents at will; of what lies beyond the end, zeroes. */
    synchronized byte[] bytes(long offset, int count) {
        byte[] bytes = new byte[count];
        int inside = (int) Math.max(0, Math.min(count, sizeBytes - offset));
        for (int i = 0; i < inside; ) {
            int inPage = (int) ((offset + i) % PAGE_BYTES);
            int part = Math.min(inside - i, PAGE_BYTES - inPage);
            byte[] page = pages[(int) ((offset + i) / PAGE_BYTES)];
            if (page != null) {
                System.arraycopy(page, inPage, bytes, i, part);
            }
            i += part;
        }
        return bytes;
    }

    /** Changes contents at will; what lies beyond the end is lost. */
    synchronized void put(long offset, byte[] bytes) {
        int inside = (int) Math.max(0, Math.min(bytes.length, sizeBytes - offset));
        for (int i = 0; i < inside; ) {
            int inPage = (int) ((offset + i) % PAGE_BYTES);
            int part = Math.min(inside - i, PAGE_BYTES - inPage);
            System.arraycopy(bytes, i, pageForWriting(offset + i), inPage, part);
            i += part;
        }
    }

    private byte[] pageForWriting(long offset) {
        int index = (int) (offset / PAGE_BYTES);
        byte[] page = pages[index];
        if (page == null || !own[index]) {
            page = page == null ? new byte[PAGE_BYTES] : page.clone();
            pages[index] = page;
            own[index] = true;
        }
        return page;
    }

    @Override
    public String name() {
        return "image";
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
    public synchronized void read(long offset, ByteBuffer target) throws IOException {
        check(offset, target.remaining());
        long at = offset;
        while (target.hasRemaining()) {
            int inPage = (int) (at % PAGE_BYTES);
            int count = Math.min(target.remaining(), PAGE_BYTES - inPage);
            byte[] page = pages[(int) (at / PAGE_BYTES)];
            target.put(page == null ? ZEROES : page, inPage, count);
            at += count;
        }
    }

    private static final byte[] ZEROES = new byte[PAGE_BYTES];

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        read(offset, target);
        return true;
    }

    @Override
    public synchronized void write(long offset, ByteBuffer source) throws IOException {
        check(offset, source.remaining());
        writes++;
        long at = offset;
        while (source.hasRemaining()) {
            int inPage = (int) (at % PAGE_BYTES);
            int count = Math.min(source.remaining(), PAGE_BYTES - inPage);
            source.get(pageForWriting(at), inPage, count);
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
    public synchronized void punchHole(long offset, long lengthBytes) throws IOException {
        check(offset, lengthBytes);
        writes++;
    }

    @Override
    public void close() {}

    private void check(long offset, long lengthBytes) throws IOException {
        if (offset < 0 || lengthBytes < 0 || lengthBytes > sizeBytes - offset) {
            throw new IOException("beyond the end: " + offset + "+" + lengthBytes);
        }
    }
}
