package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.DeviceIo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A device in memory with a cache that reorders and a {@link Fate} that strikes. What was written
 * since the last force survives a power loss as {@link Survival} says.
 */
final class SimulatedDevice implements BlockDevice {
    static final int SECTOR = 512;

    /** A hole may read as anything afterwards. */
    private static final byte[] GARBAGE = garbage();

    private final long sizeBytes;
    private final Pages pages;
    private PendingWrites pending;
    private int unit = SECTOR;
    private long freePages = Long.MAX_VALUE;
    private long misdirection;
    private long forceCount;
    private boolean garbageInHoles;
    private boolean powerLost;
    private boolean forcesAreVain;
    private Fate fate = (operation, offset, length) -> Fate.Outcome.DONE;
    private UUID run = new UUID(0, 1);

    SimulatedDevice(long sizeBytes) {
        this(sizeBytes, new Pages(sizeBytes), false);
    }

    private SimulatedDevice(long sizeBytes, Pages pages, boolean garbageInHoles) {
        this.sizeBytes = sizeBytes;
        this.pages = pages;
        this.garbageInHoles = garbageInHoles;
        this.pending = new PendingWrites(garbageInHoles ? GARBAGE : null);
    }

    private SimulatedDevice like(Pages content) {
        SimulatedDevice device = new SimulatedDevice(sizeBytes, content, garbageInHoles);
        device.unit = unit;
        device.freePages = freePages;
        device.run = run;
        return device;
    }

    // Shape.

    /** Bytes that the medium writes wholly or not at all: 512 or 4096. */
    synchronized void setAtomicUnit(int bytes) {
        unit = bytes;
    }

    /** What was never written can be written only so often: a sparse file on a full file system. */
    synchronized void setFreePages(long count) {
        freePages = count;
    }

    /** Only while nothing is pending. */
    synchronized void setGarbageInHoles(boolean garbage) {
        garbageInHoles = garbage;
        pending = new PendingWrites(garbage ? GARBAGE : null);
    }

    synchronized void setFate(Fate newFate) {
        fate = newFate;
    }

    /** How far from its place a misdirected write lands. */
    synchronized void setMisdirection(long bytes) {
        misdirection = bytes;
    }

    // Power.

    /** The power goes with the given change from now on (0 = the next); all later calls fail. */
    void losePowerAfter(long operations) {
        long[] left = {operations};
        setFate((operation, offset, length) ->
                operation == Fate.Operation.READ || left[0]-- > 0
                        ? Fate.Outcome.DONE
                        : Fate.Outcome.POWER_LOSS);
    }

    synchronized boolean isPowerLost() {
        return powerLost;
    }

    /** Returns a device as it is now, with everything durable. */
    synchronized SimulatedDevice copy() {
        return like(pages.copy());
    }

    /** Returns the device as a power loss at this moment leaves it, with the system up again. */
    synchronized SimulatedDevice afterPowerLoss(Survival survival, SplittableRandom random) {
        SimulatedDevice device = afterProcessEnd(survival, random);
        device.run = new UUID(random.nextLong(), random.nextLong());
        return device;
    }

    /** Returns the device as the end of the process leaves it: nothing is lost. */
    SimulatedDevice afterProcessEnd() {
        return afterProcessEnd(Survival.ALL, new SplittableRandom(0));
    }

    private synchronized SimulatedDevice afterProcessEnd(
            Survival survival, SplittableRandom random) {
        Pages medium = pages.copyOfMarked();
        survival.apply(pending, medium, unit, random);
        medium.mark();
        return like(medium);
    }

    /** Stands for the time between two starts of the system. */
    UUID run() {
        return run;
    }

    /** Opens the store on it, in the run of the system that it is in. */
    BlockStore open(OpenOptions options) throws BackendException {
        return BlockStore.open(this, options, run);
    }

    /**
     * Destroys one 512-byte or 4096-byte sector among those that were being written, if any is of
     * the kind.
     *
     * @param crashed of {@link #afterPowerLoss}
     * @param kind which sectors
     * @param random picks
     */
    synchronized void destroyOneInFlight(
            SimulatedDevice crashed,
            java.util.function.LongPredicate kind,
            SplittableRandom random) {
        int chosen = -1;
        int seen = 0;
        for (int i = 0; i < pending.count(); i++) {
            if (!pending.isDurable(i) && kind.test(pending.offset(i))) {
                seen++;
                chosen = random.nextInt(seen) == 0 ? i : chosen;
            }
        }
        if (chosen >= 0) {
            int sector = random.nextBoolean() ? SECTOR : 4096;
            long first = pending.offset(chosen) / sector;
            long last = (pending.offset(chosen) + pending.length(chosen) - 1) / sector;
            byte[] noise = new byte[sector];
            random.nextBytes(noise);
            crashed.overwrite(random.nextLong(first, last + 1) * sector, noise);
        }
    }

    /** Changes bytes behind the back of everybody, durably. */
    synchronized void overwrite(long offset, byte[] bytes) {
        pages.write(offset, bytes, 0, bytes.length);
        pages.mark();
    }

    synchronized byte[] bytes(long offset, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        pages.read(offset, buffer);
        return buffer.array();
    }

    /** As {@link #bytes}, as it was at the last force. */
    synchronized byte[] forcedBytes(long offset, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        pages.readMarked(offset, buffer);
        return buffer.array();
    }

    /** True if both hold the same; only while nobody writes. */
    boolean holdsSameAs(SimulatedDevice other) {
        return pages.equalsBytesOf(other.pages);
    }

    /** What has been written but not forced; only while no other thread uses the device. */
    PendingWrites pending() {
        return pending;
    }

    /** Returns the device as a power loss leaves it that nothing survives, with the system up. */
    synchronized SimulatedDevice asForced() {
        SimulatedDevice device = like(pages.copyOfMarked());
        device.run = new UUID(run.getMostSignificantBits() + 1, run.getLeastSignificantBits());
        return device;
    }

    /** Puts a part of another device's pending write onto this medium. */
    synchronized void put(PendingWrites writes, int write, int from, int length) {
        writes.apply(write, from, length, pages);
        pages.mark();
    }

    /** Number of forces so far. */
    synchronized long forces() {
        return forceCount;
    }

    /** True if these bytes are on the medium already. */
    synchronized boolean isForced(long offset, byte[] content, int from, int length) {
        return pages.isAsMarked(offset, content, from, length);
    }

    // Device.

    @Override
    public String name() {
        return "simulated";
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
        checkBounds(offset, target.remaining());
        Fate.Outcome outcome = fate(Fate.Operation.READ, offset, target.remaining());
        if (outcome == Fate.Outcome.FAILED || outcome == Fate.Outcome.SHORT) {
            throw new IOException("Input/output error");
        }
        pages.read(offset, target);
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        read(offset, target);
        return true;
    }

    @Override
    public synchronized void write(long offset, ByteBuffer source) throws IOException {
        write(Fate.Operation.WRITE, offset, source);
    }

    @Override
    public synchronized boolean writeThrough(long offset, ByteBuffer source) throws IOException {
        try {
            write(Fate.Operation.DURABLE_WRITE, offset, source);
            return true;
        } catch (FullException e) {
            return false; // as a file does: no write is lost
        }
    }

    private void write(Fate.Operation operation, long offset, ByteBuffer source)
            throws IOException {
        int length = source.remaining();
        checkBounds(offset, length);
        Fate.Outcome outcome = fate(operation, offset, length);
        boolean durable = operation == Fate.Operation.DURABLE_WRITE && outcome == Fate.Outcome.DONE;
        switch (outcome) {
            case DONE, CACHED -> put(offset, source, length, durable);
            case SHORT -> put(offset, source, length / 2 / SECTOR * SECTOR, false);
            case POWER_LOSS -> pending.add(offset, source, length, false);
            case MISDIRECTED -> put(elsewhere(offset, length), source, length, durable);
            case FAILED, FULL, LOST -> {}
        }
        checkOutcome(outcome);
        source.position(source.limit());
    }

    @Override
    public synchronized void force() throws IOException {
        Fate.Outcome outcome = fate(Fate.Operation.FORCE, 0, 0);
        forcesAreVain |= outcome == Fate.Outcome.FAILED || outcome == Fate.Outcome.SHORT;
        checkOutcome(outcome);
        if (!forcesAreVain && outcome == Fate.Outcome.DONE) {
            forceCount++;
            pending.clear();
            pages.mark();
        }
    }

    @Override
    public synchronized void punchHole(long offset, long lengthBytes) throws IOException {
        checkBounds(offset, lengthBytes);
        Fate.Outcome outcome = fate(Fate.Operation.PUNCH, offset, lengthBytes);
        checkOutcome(outcome);
        if (outcome == Fate.Outcome.DONE) {
            int freed = pages.replace(offset, lengthBytes, garbageInHoles ? GARBAGE : null);
            pending.addHole(offset, lengthBytes);
            freePages =
                    garbageInHoles || freePages == Long.MAX_VALUE ? freePages : freePages + freed;
        }
    }

    @Override
    public void close() {}

    private void put(long offset, ByteBuffer source, int length, boolean durable)
            throws IOException {
        if (freePages != Long.MAX_VALUE) {
            takePages(offset, length);
        }
        pending.add(offset, source, length, durable);
        int last = pending.count() - 1;
        pending.apply(last, 0, length, pages);
    }

    private void takePages(long offset, int length) throws IOException {
        long needed = 0;
        for (long at = offset / Pages.PAGE_BYTES * Pages.PAGE_BYTES;
                at < offset + length;
                at += Pages.PAGE_BYTES) {
            needed += pages.isAbsent(at) ? 1 : 0;
        }
        if (needed > freePages) {
            throw new FullException();
        }
        freePages -= needed;
    }

    private long elsewhere(long offset, int length) {
        return Math.floorMod(offset + misdirection, (sizeBytes - length) / SECTOR * SECTOR);
    }

    private Fate.Outcome fate(Fate.Operation operation, long offset, long length)
            throws IOException {
        if (powerLost) {
            throw new IOException("power lost");
        }
        return fate.of(operation, offset, length);
    }

    private void checkOutcome(Fate.Outcome outcome) throws IOException {
        switch (outcome) {
            case DONE, CACHED, LOST, MISDIRECTED -> {}
            case FAILED, SHORT -> throw new IOException("Input/output error");
            case FULL -> throw new FullException();
            case POWER_LOSS -> {
                powerLost = true;
                throw new IOException("power lost");
            }
        }
    }

    private void checkBounds(long offset, long length) throws IOException {
        if (offset < 0 || length < 0 || length > sizeBytes - offset) {
            throw new IOException("beyond the end of the device");
        }
    }

    private static final class FullException extends IOException {
        private static final long serialVersionUID = 1;

        FullException() {
            super(DeviceIo.noSpaceText());
        }
    }

    private static byte[] garbage() {
        byte[] bytes = new byte[Pages.PAGE_BYTES];
        Arrays.fill(bytes, (byte) 0xA7);
        for (int i = 0; i < bytes.length; i += 97) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
