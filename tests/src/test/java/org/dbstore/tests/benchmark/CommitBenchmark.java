package org.dbstore.tests.benchmark;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a write of 4 KiB costs with the commit that makes it durable, on a device in memory, which
 * has nothing to wait for: the processor's part. With several threads (option {@code -t}) they
 * share commits.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CommitBenchmark {
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 1 << 16;
    private static final long VOLUME_BYTES = (long) BLOCKS * BLOCK_BYTES;
    private static final long DEVICE_BYTES = 3 * VOLUME_BYTES;

    private final AtomicLong next = new AtomicLong();
    private BlockStore store;
    private Volume fresh;
    private Volume mapped;

    /** Of a writer. */
    @State(Scope.Thread)
    public static class Block {
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK_BYTES);
    }

    @Setup
    public void open() throws BackendException {
        MemoryBlockDevice device = new MemoryBlockDevice("memory", DEVICE_BYTES);
        BlockStore.initialize(device);
        store = BlockStore.open(device, OpenOptions.DEFAULT);
        store.createVolume("fresh", VOLUME_BYTES);
        store.createVolume("mapped", VOLUME_BYTES);
        fresh = store.openVolume("fresh");
        mapped = store.openVolume("mapped");
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (long at = 0; at < VOLUME_BYTES; at += BLOCK_BYTES) {
            mapped.write(at, block.clear());
        }
        mapped.flush();
    }

    @TearDown
    public void close() throws BackendException {
        store.release(fresh);
        store.release(mapped);
        store.close();
    }

    /** A block that was not there: the commit writes metadata. After the last all are unmapped. */
    @Benchmark
    public void firstWrite(Block block) throws BackendException {
        long number = next.getAndIncrement() & BLOCKS - 1;
        if (number == 0) {
            fresh.unmap(0, VOLUME_BYTES);
        }
        fresh.write(number * BLOCK_BYTES, block.bytes.clear());
        fresh.flush();
    }

    /** A block that was there: there is nothing but data to make durable. */
    @Benchmark
    public void overwrite(Block block) throws BackendException {
        long number = next.getAndIncrement() & BLOCKS - 1;
        mapped.write(number * BLOCK_BYTES, block.bytes.clear());
        mapped.flush();
    }
}
