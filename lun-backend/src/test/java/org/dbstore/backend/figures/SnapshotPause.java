package org.dbstore.backend.figures;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private static final int BLOCK = 4096;

    /** What is written to, together. */
    private static final long LOAD_BYTES = 256 * LargeDevice.MIB;

    /** Takes writes, and is cut now and then. */
    private interface Target {
        void write(int writer, long offset, ByteBuffer block) throws IOException, BackendException;

        /** Returns what ends the cut, when the writes that met it have ended. */
        Ending cut() throws IOException, BackendException;
    }

    private interface Ending {
        void run() throws BackendException;
    }

    private final Target target;
    private final long blocks;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicLongArray longest = new AtomicLongArray(WRITERS);

    private SnapshotPause(Target target, long bytes) {
        this.target = target;
        this.blocks = bytes / BLOCK;
    }

    /**
     * What it was.
     *
     * @param millis of each snapshot, ascending
     * @param writesPerSecond beside
     */
    @SuppressWarnings("ArrayRecordComponent") // only handed over
    record Result(double[] millis, double writesPerSecond) {
        /** By nearest rank: so many percent are as long or shorter. */
        double percentile(int percent) {
            return millis[Math.ceilDiv(millis.length * percent, 100) - 1];
        }
    }

    /** Measures on a new device, with one volume or several that are taken together. */
    static Result measure(Path file, int volumeCount) throws Exception {
        BlockStore.initialize(file, 16L << 30, true);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            List<Volume> volumes = new ArrayList<>();
            List<SnapshotRequest> all = new ArrayList<>();
            long bytes = LOAD_BYTES / volumeCount;
            for (int i = 0; i < volumeCount; i++) {
                store.createVolume("v" + i, bytes);
                volumes.add(store.openVolume("v" + i));
                all.add(SnapshotRequest.of("v" + i));
            }
            Result result = new SnapshotPause(new Volumes(store, volumes, all), bytes).run();
            for (Volume volume : volumes) {
                store.release(volume);
            }
            return result;
        }
    }

    /** What the same writers meet on a plain file while it is forced as a commit does. */
    static Result measurePlain(Path file) throws Exception {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            return new SnapshotPause(new PlainFile(channel), LOAD_BYTES).run();
        }
    }

    private record Volumes(BlockStore store, List<Volume> volumes, List<SnapshotRequest> all)
            implements Target {
        @Override
        public void write(int writer, long offset, ByteBuffer block) throws BackendException {
            volumes.get(writer % volumes.size()).write(offset, block);
        }

        @Override
        public Ending cut() throws BackendException {
            List<Integer> ids = store.createSnapshots(all);
            return () -> {
                for (int id : ids) {
                    store.deleteSnapshot(id);
                }
            };
        }
    }

    private record PlainFile(FileChannel channel) implements Target {
        @Override
        public void write(int writer, long offset, ByteBuffer block) throws IOException {
            channel.write(block, offset);
        }

        @Override
        public Ending cut() throws IOException {
            channel.force(false);
            channel.force(false);
            return () -> {};
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
        Ending ending = target.cut();
        Thread.sleep(20); // the writes that met it have ended
        long nanos = 0;
        for (int i = 0; i < WRITERS; i++) {
            nanos = Math.max(nanos, longest.get(i));
        }
        ending.run();
        return nanos / 1e6;
    }

    private void write(int writer) {
        try {
            SplittableRandom random = new SplittableRandom(writer);
            ByteBuffer block = Bytes.direct(Bytes.random(BLOCK, writer));
            while (!stop.get()) {
                long offset = random.nextLong(blocks) * BLOCK;
                long begin = System.nanoTime();
                target.write(writer, offset, block.rewind());
                long nanos = System.nanoTime() - begin;
                longest.accumulateAndGet(writer, nanos, Math::max);
                writes.incrementAndGet();
            }
        } catch (IOException | BackendException e) {
            throw new IllegalStateException(e);
        }
    }
}
