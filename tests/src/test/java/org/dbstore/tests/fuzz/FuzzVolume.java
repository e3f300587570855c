package org.dbstore.tests.fuzz;

import org.dbstore.backend.Volume;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;

/** A small thin volume in memory, in blocks of 4 KiB, that counts its changes. */
final class FuzzVolume implements Volume {
    static final int BYTES = 1 << 20;

    private static final int BLOCK_BYTES = 4096;
    private static final int ATOMIC_BYTES_MAX = 64 << 10;

    private final String name;
    private final byte[] content = new byte[BYTES];
    private final BitSet mapped = new BitSet();
    private int changes;

    FuzzVolume(String name) {
        this.name = name;
    }

    /** Makes it empty again. */
    void clear() {
        for (int i = mapped.nextSetBit(0); i >= 0; i = mapped.nextSetBit(i + 1)) {
            Arrays.fill(content, i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES, (byte) 0);
        }
        mapped.clear();
        changes = 0;
    }

    /** How often anything was changed. */
    int changes() {
        return changes;
    }

    /** A part of the contents. */
    byte[] bytes(long offset, int count) {
        return Arrays.copyOfRange(content, (int) offset, (int) offset + count);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public UUID uuid() {
        return new UUID(1, name.hashCode());
    }

    @Override
    public long sizeBytes() {
        return BYTES;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public boolean writesWaitForMedium() {
        return false;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        check(offset, target.remaining());
        target.put(content, (int) offset, target.remaining());
    }

    @Override
    public boolean readNow(long offset, ByteBuffer target) {
        read(offset, target);
        return true;
    }

    @Override
    public boolean write(long offset, ByteBuffer source) {
        int count = source.remaining();
        check(offset, count);
        change(offset, count);
        source.get(content, (int) offset, count);
        return false;
    }

    @Override
    public boolean writeBack(long offset, ByteBuffer source) {
        return write(offset, source);
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) {
        return write(offset, source);
    }

    @Override
    public int atomicWriteBytesMax() {
        return ATOMIC_BYTES_MAX;
    }

    @Override
    public void writeAtomically(long offset, ByteBuffer source) {
        write(offset, source);
    }

    @Override
    public boolean writeZeroes(long offset, long lengthBytes) {
        check(offset, lengthBytes);
        change(offset, lengthBytes);
        Arrays.fill(content, (int) offset, (int) (offset + lengthBytes), (byte) 0);
        return false;
    }

    @Override
    public boolean unmap(long offset, long lengthBytes) {
        return writeZeroes(offset, lengthBytes);
    }

    private void change(long offset, long lengthBytes) {
        changes++;
        if (lengthBytes > 0) {
            mapped.set(
                    (int) (offset / BLOCK_BYTES),
                    (int) Math.ceilDiv(offset + lengthBytes, (long) BLOCK_BYTES));
        }
    }

    @Override
    public Copied copyFrom(Volume source, long sourceOffset, long offset, long lengthBytes) {
        return new Copied(0, false);
    }

    @Override
    public Run runAt(long offset) {
        check(offset, 1);
        int block = (int) (offset / BLOCK_BYTES);
        boolean isMapped = mapped.get(block);
        int end = isMapped ? mapped.nextClearBit(block) : mapped.nextSetBit(block);
        long to = end < 0 ? BYTES : Math.min(BYTES, (long) end * BLOCK_BYTES);
        return new Run(to - offset, isMapped);
    }

    @Override
    public void commit(CommitListener listener) {
        listener.committed(null);
    }

    @Override
    public void flush() {}

    @Override
    public void markDirty() {}

    @Override
    public boolean wasDirtyAtCrash() {
        return false;
    }

    /** Contract of {@link Volume}: the caller has seen to it that the range is within. */
    private static void check(long offset, long lengthBytes) {
        if (offset < 0 || lengthBytes < 0 || offset > BYTES - lengthBytes) {
            throw new IndexOutOfBoundsException(offset + "+" + lengthBytes);
        }
    }
}
