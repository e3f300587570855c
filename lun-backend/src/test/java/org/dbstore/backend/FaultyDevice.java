package org.dbstore.backend;

import org.dbstore.backend.device.BlockDevice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** Passes calls on, counts them, and fails the ones it is told to fail. */
public class FaultyDevice implements BlockDevice {
    private final BlockDevice device;
    private final AtomicInteger forces = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile int forcesUntilFailure = Integer.MAX_VALUE;
    private volatile LongPredicate failingWrites = offset -> false;
    private volatile long badBlock = -1;
    private volatile LongConsumer onTransfer = offset -> {};
    private volatile Runnable onForce = () -> {};
    private volatile boolean unableToWriteThrough;
    private volatile String writeError = "Input/output error";

    public FaultyDevice(BlockDevice device) {
        this.device = device;
    }

    /** The n-th force from now fails, 1 = the next; the ones after it succeed, as in Linux. */
    public void failForce(int n) {
        forcesUntilFailure = n;
    }

    /** Writes at these offsets fail from now on. */
    public void failWrites(LongPredicate offsets, String error) {
        writeError = error;
        failingWrites = offsets;
    }

    /** Reads of this block of 4096 bytes fail from now on. */
    public void failReadsOf(long block) {
        badBlock = block;
    }

    /** From now on {@link #writeThrough} does nothing and says so. */
    public void refuseToWriteThrough() {
        unableToWriteThrough = true;
    }

    /** Called before each read and write from now on, with the offset. */
    public void onTransfer(LongConsumer action) {
        onTransfer = action;
    }

    /** Called before each force from now on. */
    public void onForce(Runnable action) {
        onForce = action;
    }

    public int forces() {
        return forces.get();
    }

    public int writes() {
        return writes.get();
    }

    public int reads() {
        return reads.get();
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
    public void read(long offset, ByteBuffer target) throws IOException {
        reads.incrementAndGet();
        onTransfer.accept(offset);
        if (offset / 4096 <= badBlock && (offset + target.remaining() - 1) / 4096 >= badBlock) {
            throw new IOException("Input/output error");
        }
        device.read(offset, target);
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        return device.tryRead(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        writes.incrementAndGet();
        onTransfer.accept(offset);
        if (failingWrites.test(offset)) {
            throw new IOException(writeError);
        }
        device.write(offset, source);
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws IOException {
        if (unableToWriteThrough) {
            return false;
        }
        writes.incrementAndGet();
        onTransfer.accept(offset);
        if (failingWrites.test(offset)) {
            throw new IOException(writeError);
        }
        return device.writeThrough(offset, source);
    }

    @Override
    public synchronized void force() throws IOException {
        onForce.run();
        forces.incrementAndGet();
        if (forcesUntilFailure != Integer.MAX_VALUE) {
            forcesUntilFailure--;
            if (forcesUntilFailure == 0) {
                forcesUntilFailure = Integer.MAX_VALUE;
                throw new IOException("Input/output error");
            }
        }
        device.force();
    }

    @Override
    public void punchHole(long offset, long lengthBytes) throws IOException {
        device.punchHole(offset, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
