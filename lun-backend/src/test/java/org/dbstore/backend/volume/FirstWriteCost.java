package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Prints what the first 4 KiB write to an extent costs after a snapshot, against one to a fresh
 * extent, each made durable. Not part of the build: {@code mvn -pl lun-backend -am test
 * -Dtest=FirstWriteCost -Dsurefire.failIfNoSpecifiedTests=false}. It tells nothing of a server
 * under load, and depends on the file system of the temporary directory.
 */
class FirstWriteCost {
    private static final int EXTENTS = 200;
    private static final int BLOCK = 4096;

    @TempDir private Path directory;

    @Test
    void print() throws Exception {
        Path device = directory.resolve("device");
        BlockStore.initialize(device, 2048 * MIB, false);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            measure(store, "warm-up", 1);
            double fresh = measure(store, "fresh", 0);
            for (int blocks : new int[] {1, 4, 16, 64, 255}) {
                double cost = measure(store, blocks + " blocks mapped", blocks);
                System.out.printf("    %.2f times a fresh extent%n", cost / fresh);
                assertTrue(cost > 0);
            }
        }
    }

    /** Returns the median in microseconds. */
    private static double measure(BlockStore store, String what, int mappedBlocks)
            throws Exception {
        store.createVolume("v", EXTENTS * MIB);
        Volume volume = store.openVolume("v");
        byte[] content = Bytes.random(BLOCK, 1);
        for (int extent = 0; extent < EXTENTS; extent++) {
            for (int i = 0; i < mappedBlocks; i++) { // scattered, but for full extents
                int block = 1 + (mappedBlocks == 255 ? i : i * 255 / mappedBlocks);
                Bytes.write(volume, extent * MIB + (long) block * BLOCK, content);
            }
        }
        volume.flush();
        store.createSnapshot("v");
        ByteBuffer source = Bytes.direct(content);
        long[] nanos = new long[EXTENTS];
        for (int extent = 0; extent < EXTENTS; extent++) {
            long start = System.nanoTime();
            volume.write(extent * MIB, source.rewind());
            volume.flush();
            nanos[extent] = System.nanoTime() - start;
        }
        store.release(volume);
        store.deleteVolume("v");
        Arrays.sort(nanos);
        double median = nanos[EXTENTS / 2] / 1e3;
        System.out.printf(
                "%-18s median %7.0f us, p99 %7.0f us%n",
                what, median, nanos[EXTENTS * 99 / 100] / 1e3);
        return median;
    }
}
