package org.dbstore.tests.benchmark;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.extent.ExtentMap;
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
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What a random read of 4 KiB pays to find its extent: the lookup alone, in the map of a volume of
 * 1 TiB all of which is mapped, and the whole read of a small volume on a device in memory, which
 * copies the block as well.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ExtentLookupBenchmark {
    private static final int POSITIONS = 1 << 20;
    private static final int BLOCK_BYTES = 4096;
    private static final long VOLUME_BYTES = 64L << 20;
    private static final long DEVICE_BYTES = 256L << 20;

    private final SplittableRandom random = new SplittableRandom(1);
    private final ExtentMap map = new ExtentMap(POSITIONS);
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    private BlockStore store;
    private Volume volume;

    @Setup
    public void open() throws BackendException {
        for (int i = 0; i < POSITIONS; i++) {
            map.put(i, POSITIONS - 1 - i);
        }
        MemoryBlockDevice device = new MemoryBlockDevice("memory", DEVICE_BYTES);
        BlockStore.initialize(device);
        store = BlockStore.open(device, OpenOptions.DEFAULT);
        store.createVolume("volume", VOLUME_BYTES);
        volume = store.openVolume("volume");
        for (long at = 0; at < VOLUME_BYTES; at += BLOCK_BYTES) {
            volume.write(at, block.clear());
        }
        volume.flush();
    }

    @TearDown
    public void close() throws BackendException {
        store.release(volume);
        store.close();
    }

    @Benchmark
    public int lookup() {
        return map.get(random.nextInt() & POSITIONS - 1);
    }

    @Benchmark
    public boolean read() throws BackendException {
        long number = random.nextInt() & (int) (VOLUME_BYTES / BLOCK_BYTES) - 1;
        return volume.readNow(number * BLOCK_BYTES, block.clear());
    }
}
