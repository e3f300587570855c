package org.dbstore.backend.figures;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Volume;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long writers stand still while a snapshot is taken: several write 4 KiB at random, and for
 * each snapshot the longest write that was under way meanwhile counts.
 */
final class SnapshotPause {
    private static final int WRITERS = 4;
    private static final int SNAPSHOTS = 100;
    private static final int EXTENTS = 256;
    private static final int BLOCK = 4096;
    private static final long BLOCKS = EXTENTS * LargeDevice.MIB / BLOCK;

    private final BlockStore store;
    private final List<String> volumes;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicLongArray longest = new AtomicLongArray(WRITERS);

    private SnapshotPause(BlockStore store, List<String> volumes) {
        this.store = store;
        this.volumes = volumes;
    }

    /**
     * What it was.
     *
     * @param millis of each snapshot, ascending
     * @param writesPerSecond beside
     */
    @SuppressWarnings("ArrayRecordComponent") // only handed over
    record Result(double[] millis, double writesPerSecond) {
        double percentile(int percent) {
            return millis[Math.min(millis.length - 1, millis.length * percent / 100)];
        }
    }

    /** Measures on a new device, with one volume or several that are taken together. */
    static Result measure(Path file, int volumeCount) throws Exception {
        BlockStore.initialize(file, 16L << 30, true);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            List<String> volumes = new ArrayList<>();
            for (int i = 0; i < volumeCount; i++) {
                volumes.add("v" + i);
                store.createVolume("v" + i, EXTENTS * LargeDevice.MIB);
            }
            return new SnapshotPause(store, volumes).run();
        }
    }

    private Result run() throws Exception {
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            writers.add(Thread.ofPlatform().start(() -> write(writer)));
        }
        Thread.sleep(1000);
        long begin = System.nanoTime();
        int before = writes.get();
        double[] pauses = new double[SNAPSHOTS];
        for (int i = 0; i < SNAPSHOTS; i++) {
            pauses[i] = pause();
        }
        double rate = (writes.get() - before) / ((System.nanoTime() - begin) / 1e9);
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        Arrays.sort(pauses);
        return new Result(pauses, rate);
    }

    private double pause() throws Exception {
        Thread.sleep(20);
        for (int i = 0; i < WRITERS; i++) {
            longest.set(i, 0);
        }
        List<SnapshotRequest> requests = volumes.stream().map(SnapshotRequest::of).toList();
        List<Integer> ids = store.createSnapshots(requests);
        Thread.sleep(20); // the writes that met it have ended
        long nanos = 0;
        for (int i = 0; i < WRITERS; i++) {
            nanos = Math.max(nanos, longest.get(i));
        }
        for (int id : ids) {
            store.deleteSnapshot(id);
        }
        return nanos / 1e6;
    }

    private void write(int writer) {
        try {
            SplittableRandom random = new SplittableRandom(writer);
            Volume volume = store.openVolume(volumes.get(writer % volumes.size()));
            ByteBuffer block = Bytes.direct(Bytes.random(BLOCK, writer));
            while (!stop.get()) {
                long offset = random.nextLong(BLOCKS) * BLOCK;
                long begin = System.nanoTime();
                volume.write(offset, block.rewind());
                long nanos = System.nanoTime() - begin;
                longest.accumulateAndGet(writer, nanos, Math::max);
                writes.incrementAndGet();
            }
            store.release(volume);
        } catch (BackendException e) {
            throw new IllegalStateException(e);
        }
    }
}
