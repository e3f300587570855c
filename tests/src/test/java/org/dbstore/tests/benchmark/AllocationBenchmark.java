package org.dbstore.tests.benchmark;

import org.dbstore.backend.extent.ExtentAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to take a free extent of a device of 1 TiB, beside the one taken before as a
 * sequential writer does, and to give back one taken earlier. Does not tell what the first write to
 * it costs otherwise; see {@link CommitBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AllocationBenchmark {
    private static final int EXTENTS = 1 << 20;
    private static final int HELD = 1 << 12;

    /** How many of a hundred extents are free, scattered. */
    @Param({"1", "50", "100"})
    private int freePercent;

    private final ExtentAllocator allocator = new ExtentAllocator(EXTENTS);
    private final int[] held = new int[HELD];
    private int next;
    private int last;

    @Setup
    public void free() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < EXTENTS; i++) {
            if (random.nextInt(100) < freePercent) {
                allocator.release(i);
            }
        }
        for (int i = 0; i < HELD; i++) {
            held[i] = allocator.allocate(i == 0 ? 0 : held[i - 1] + 1);
        }
        last = held[HELD - 1];
    }

    @Benchmark
    public int takeAndGiveBack() {
        int slot = next++ & HELD - 1;
        allocator.release(held[slot]);
        last = allocator.allocate(last + 1);
        held[slot] = last;
        return last;
    }
}
