package org.dbstore.tests.benchmark;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * What the digest of a data segment has to cost: the CRC32C of the virtual machine over 4 KiB that
 * are in the cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DigestBenchmark {
    private static final int BYTES = 4096;

    private final ByteBuffer segment = ByteBuffer.allocateDirect(BYTES);
    private final CRC32C crc = new CRC32C();

    @Setup
    public void fill() {
        for (int i = 0; i < BYTES; i++) {
            segment.put(i, (byte) (i * 31));
        }
    }

    @Benchmark
    public long digest() {
        crc.reset();
        crc.update(segment.clear());
        return crc.getValue();
    }
}
