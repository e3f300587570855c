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
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long writers stand still while a snapshot is taken, and while it is deleted: several write 4
 * KiB at random, and for each the longest write that was under way meanwhile counts.
 */
final class SnapshotPause {
    private static final int WRITERS = 4;
    private static final int SNAPSHOTS = 100;
    private static final int BLOCK = 4096;

    /** What is written to, together. */
    private static final long LOAD_BYTES = 64 * LargeDevice.MIB;

    /** Takes writes, and is cut now and then. */
    private interface Target {
        void write(int writer, long offset, ByteBuffer block) throws IOException, BackendException;

        /** Returns what ends the cut, when the writes that met it have ended. */
        Ending cut() throws IOException, BackendException;
    }

    private interface Ending {
        void run() throws BackendException, InterruptedException;
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
     * @param taking milliseconds of each snapshot, ascending
     * @param deleting and of each deletion, until its space was given back
     * @param writesPerSecond beside
     */
    record Result(List<Double> taking, List<Double> deleting, double writesPerSecond) {
        /** By nearest rank: so many percent are as long or shorter. */
        static double percentile(List<Double> millis, int percent) {
            return millis.get(Math.ceilDiv(millis.size() * percent, 100) - 1);
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
            long reserved = store.space().reservedBytes();
            List<Integer> ids = store.createSnapshots(all);
            return () -> {
                for (int id : ids) {
                    store.deleteSnapshot(id);
                }
                while (store.space().reservedBytes() > reserved) {
                    Thread.sleep(5); // what was freed is on its way
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
        List<Double> taking = new ArrayList<>();
        List<Double> deleting = new ArrayList<>();
        longestSinceLast(); // what the start cost does not count
        for (int i = 0; i < SNAPSHOTS; i++) {
            Ending ending = target.cut();
            taking.add(longestSinceLast());
            ending.run();
            deleting.add(longestSinceLast());
        }
        double rate = (writes.get() - before) / ((System.nanoTime() - begin) / 1e9);
        if (writers.stream().anyMatch(writer -> !writer.isAlive())) {
            throw new IllegalStateException("a writer ended early");
        }
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        Collections.sort(taking);
        Collections.sort(deleting);
        return new Result(taking, deleting, rate);
    }

    private double longestSinceLast() throws InterruptedException {
        Thread.sleep(20); // the writes that met it have ended
        long nanos = 0;
        for (int i = 0; i < WRITERS; i++) {
            nanos = Math.max(nanos, longest.getAndSet(i, 0));
        }
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
