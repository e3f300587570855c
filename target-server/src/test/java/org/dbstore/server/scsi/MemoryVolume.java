package org.dbstore.server.scsi;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** A thin volume in memory, in blocks of 4 KiB, that does what a test tells it to. */
public final class MemoryVolume implements Volume {
    private static final int BLOCK_BYTES = 4096;

    private volatile long sizeBytes;
    private final TreeMap<Long, byte[]> blocks = new TreeMap<>();

    /** Calls in their order: read, write and zero with offset+length; commit; flush. */
    public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    /** Commits not ended yet, if {@link #holdCommits}. */
    public final List<CommitListener> commits = new ArrayList<>();

    public boolean holdCommits;

    /** Whether {@link #copyFrom} does anything, and how much at once. */
    public boolean copies;

    public long copiedBytesMax = 512 << 10;
    public int atomicBytesMax = 1 << 20;
    public boolean readOnly;
    public boolean writesWait;
    public boolean nothingIsInMemory;
    public boolean dirtyAtCrash;

    /** Calls of {@link #markDirty}. */
    public int marks;

    /** What {@link #write} and the like return. */
    public boolean uncommitted;

    /** What {@link #writeThrough} returns. */
    public boolean throughNeedsCommit;

    /** Runs at the end of each change. */
    public Runnable afterWrite = () -> {};

    /** Runs before the range of a request is checked. */
    public Runnable beforeCheck = () -> {};

    /** How long a run {@link #runAt} returns at most, as an engine that looks at extents does. */
    public long runBytesMax = Long.MAX_VALUE;

    public @Nullable BackendException readFailure;
    public @Nullable BackendException writeFailure;
    public @Nullable BackendException commitFailure;
    public @Nullable BackendException markFailure;
    public @Nullable RuntimeException fault;

    public MemoryVolume(long sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public UUID uuid() {
        return new UUID(1, 2);
    }

    @Override
    public void markDirty() throws BackendException {
        marks++;
        if (markFailure != null) {
            throw markFailure;
        }
    }

    @Override
    public boolean wasDirtyAtCrash() {
        return dirtyAtCrash;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Resizes it, behind the back of everybody. */
    public void resize(long bytes) {
        sizeBytes = bytes;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public boolean writesWaitForMedium() {
        return writesWait;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws BackendException {
        calls.add("read " + offset + "+" + target.remaining());
        check(offset, target.remaining());
        if (!target.isDirect()) {
            throw new IllegalArgumentException("not direct");
        }
        if (readFailure != null) {
            throw readFailure;
        }
        for (long at = offset; target.hasRemaining(); at++) {
            byte[] block = blocks.get(at / BLOCK_BYTES);
            target.put(block == null ? 0 : block[(int) (at % BLOCK_BYTES)]);
        }
    }

    @Override
    public boolean readNow(long offset, ByteBuffer target) throws BackendException {
        if (nothingIsInMemory) {
            return false;
        }
        read(offset, target);
        return true;
    }

    @Override
    public boolean write(long offset, ByteBuffer source) throws BackendException {
        calls.add("write " + offset + "+" + source.remaining());
        put(offset, source);
        return uncommitted;
    }

    @Override
    public boolean writeBack(long offset, ByteBuffer source) throws BackendException {
        return write(offset, source);
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws BackendException {
        calls.add("write through " + offset + "+" + source.remaining());
        put(offset, source);
        return throughNeedsCommit;
    }

    @Override
    public int atomicWriteBytesMax() {
        return atomicBytesMax;
    }

    @Override
    public void writeAtomically(long offset, ByteBuffer source) throws BackendException {
        calls.add("write atomically " + offset + "+" + source.remaining());
        put(offset, source);
    }

    private void put(long offset, ByteBuffer source) throws BackendException {
        check(offset, source.remaining());
        change();
        if (!source.isDirect()) {
            throw new IllegalArgumentException("not direct");
        }
        for (long at = offset; source.hasRemaining(); at++) {
            blocks.computeIfAbsent(at / BLOCK_BYTES, block -> new byte[BLOCK_BYTES])[
                            (int) (at % BLOCK_BYTES)] =
                    source.get();
        }
        afterWrite.run();
    }

    @Override
    public boolean writeZeroes(long offset, long lengthBytes) throws BackendException {
        calls.add("zero " + offset + "+" + lengthBytes);
        check(offset, lengthBytes);
        change();
        for (long at = offset; at < offset + lengthBytes; ) {
            long block = at / BLOCK_BYTES;
            long end = Math.min((block + 1) * BLOCK_BYTES, offset + lengthBytes);
            if (end - at == BLOCK_BYTES) {
                blocks.remove(block);
            } else if (blocks.containsKey(block)) {
                Arrays.fill(
                        blocks.get(block),
                        (int) (at % BLOCK_BYTES),
                        (int) (end - block * BLOCK_BYTES),
                        (byte) 0);
            }
            at = end;
        }
        afterWrite.run();
        return uncommitted;
    }

    @Override
    public boolean unmap(long offset, long lengthBytes) {
        throw new AssertionError(
                "leaves parts of blocks as they are, which LBPRZ=1 does not allow");
    }

    @Override
    public Copied copyFrom(Volume source, long sourceOffset, long offset, long lengthBytes)
            throws BackendException {
        if (!copies) {
            return new Copied(0, false);
        }
        int bytes = (int) Math.min(lengthBytes, copiedBytesMax);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
        source.read(sourceOffset, buffer);
        calls.add("copy " + sourceOffset + " to " + offset + "+" + bytes);
        put(offset, buffer.flip());
        return new Copied(bytes, uncommitted);
    }

    @Override
    public Run runAt(long offset) {
        check(offset, 1);
        long block = offset / BLOCK_BYTES;
        boolean mapped = blocks.containsKey(block);
        long end = block + 1;
        if (mapped) {
            while (blocks.containsKey(end)) {
                end++;
            }
        } else {
            Long next = blocks.higherKey(block);
            end = next == null ? sizeBytes / BLOCK_BYTES : next;
        }
        return new Run(Math.min(end * BLOCK_BYTES - offset, runBytesMax), mapped);
    }

    @Override
    public void commit(CommitListener listener) {
        calls.add("commit");
        if (holdCommits) {
            commits.add(listener);
        } else {
            listener.committed(commitFailure);
        }
    }

    @Override
    public void flush() throws BackendException {
        calls.add("flush");
        if (commitFailure != null) {
            throw commitFailure;
        }
    }

    /** Contents, read behind the back of the record. */
    public byte[] bytes(long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            byte[] block = blocks.get((offset + i) / BLOCK_BYTES);
            bytes[i] = block == null ? 0 : block[(int) ((offset + i) % BLOCK_BYTES)];
        }
        return bytes;
    }

    /** Fills a range, behind the back of the record. */
    public void fill(long offset, int length, int value) {
        for (long at = offset; at < offset + length; at++) {
            blocks.computeIfAbsent(at / BLOCK_BYTES, block -> new byte[BLOCK_BYTES])[
                            (int) (at % BLOCK_BYTES)] =
                    (byte) value;
        }
    }

    /** Bytes provisioned. */
    public long mappedBytes() {
        return (long) blocks.size() * BLOCK_BYTES;
    }

    private void change() throws BackendException {
        if (fault != null) {
            throw fault;
        }
        if (readOnly) {
            throw new BackendException(BackendError.READ_ONLY, "a snapshot");
        }
        if (writeFailure != null) {
            throw writeFailure;
        }
    }

    private void check(long offset, long length) {
        beforeCheck.run();
        if (offset < 0 || length < 0 || offset > sizeBytes - length) {
            throw new IndexOutOfBoundsException(offset + "+" + length);
        }
    }
}
