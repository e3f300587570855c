package org.dbstore.backend.simulation;

import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A device of atomic 512-byte sectors with a cache that reorders. What was written since the last
 * force survives a power loss as the cache pleases: nothing, all, a prefix, any version of any
 * subset of the sectors.
 */
final class CrashingDevice implements BlockDevice {
    static final int SECTOR = 512;

    enum Survival {
        NOTHING,
        ALL,
        PREFIX,
        ANY_SUBSET
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Version(long number, byte[] content) {}

    private final MemoryBlockDevice durable;
    private final MemoryBlockDevice current;
    private final Map<Long, List<Version>> unforced = new LinkedHashMap<>();
    private long versionCount;
    private long operationsLeft = Long.MAX_VALUE;
    private int forcesToIgnore;
    private boolean powerLost;

    CrashingDevice(long sizeBytes) {
        durable = new MemoryBlockDevice("durable", sizeBytes);
        current = new MemoryBlockDevice("current", sizeBytes);
    }

    /** The power goes with the given write, force or hole from now on; all later calls fail. */
    synchronized void losePowerAfter(long operations) {
        operationsLeft = operations;
    }

    /** The next forces return without having done anything: a lying cache. */
    synchronized void ignoreForces(int count) {
        forcesToIgnore = count;
    }

    synchronized boolean isPowerLost() {
        return powerLost;
    }

    /** Takes the power away if it is not gone yet, decides what survived, and turns it on again. */
    synchronized void crash(Survival survival, SplittableRandom random) throws IOException {
        long prefix = random.nextLong(versionCount + 1);
        for (Map.Entry<Long, List<Version>> sector : unforced.entrySet()) {
            Version survivor = survivor(sector.getValue(), survival, prefix, random);
            if (survivor != null) {
                durable.write(sector.getKey() * SECTOR, ByteBuffer.wrap(survivor.content()));
            }
        }
        for (long sector : unforced.keySet()) {
            copySector(sector, durable, current);
        }
        unforced.clear();
        versionCount = 0;
        powerLost = false;
        operationsLeft = Long.MAX_VALUE;
        forcesToIgnore = 0;
    }

    private static @Nullable Version survivor(
            List<Version> versions, Survival survival, long prefix, SplittableRandom random) {
        return switch (survival) {
            case NOTHING -> null;
            case ALL -> versions.getLast();
            case PREFIX -> {
                Version last = null;
                for (Version version : versions) {
                    last = version.number() < prefix ? version : last;
                }
                yield last;
            }
            case ANY_SUBSET -> {
                int chosen = random.nextInt(versions.size() + 1) - 1;
                yield chosen < 0 ? null : versions.get(chosen);
            }
        };
    }

    @Override
    public String name() {
        return "crashing";
    }

    @Override
    public long sizeBytes() {
        return current.sizeBytes();
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public synchronized void read(long offset, ByteBuffer target) throws IOException {
        if (powerLost) {
            throw new IOException("power lost");
        }
        current.read(offset, target);
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        read(offset, target);
        return true;
    }

    @Override
    public synchronized void write(long offset, ByteBuffer source) throws IOException {
        int length = source.remaining();
        spendOperation();
        current.write(offset, source);
        remember(offset, length);
    }

    @Override
    public synchronized void force() throws IOException {
        spendOperation();
        if (forcesToIgnore > 0) {
            forcesToIgnore--;
            return;
        }
        for (long sector : unforced.keySet()) {
            copySector(sector, current, durable);
        }
        unforced.clear();
    }

    @Override
    public synchronized void punchHole(long offset, long lengthBytes) throws IOException {
        spendOperation();
        ByteBuffer zeroes = ByteBuffer.allocate(SECTOR);
        for (long at = offset; at < offset + lengthBytes; at += SECTOR) {
            if (!isZero(at)) {
                current.write(at, zeroes.clear());
                remember(at, SECTOR);
            }
        }
    }

    @Override
    public void close() {}

    private boolean isZero(long offset) throws IOException {
        ByteBuffer sector = ByteBuffer.allocate(SECTOR);
        current.read(offset, sector);
        return sector.flip().mismatch(ByteBuffer.allocate(SECTOR)) < 0;
    }

    private void remember(long offset, int length) throws IOException {
        for (long sector = offset / SECTOR; sector * SECTOR < offset + length; sector++) {
            byte[] content = new byte[SECTOR];
            current.read(sector * SECTOR, ByteBuffer.wrap(content));
            unforced.computeIfAbsent(sector, s -> new ArrayList<>())
                    .add(new Version(versionCount++, content));
        }
    }

    private void spendOperation() throws IOException {
        if (operationsLeft <= 0) {
            powerLost = true;
        }
        if (powerLost) {
            throw new IOException("power lost");
        }
        operationsLeft--;
    }

    private static void copySector(long sector, BlockDevice from, BlockDevice to)
            throws IOException {
        ByteBuffer content = ByteBuffer.allocate(SECTOR);
        from.read(sector * SECTOR, content);
        to.write(sector * SECTOR, content.flip());
    }
}
