package org.dbstore.backend.figures;

import static org.dbstore.backend.figures.LargeDevice.MIB;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the first 4 KiB write to an extent costs after a snapshot, against one to a fresh extent,
 * each made durable.
 */
final class FirstWriteCost {
    private static final int EXTENTS = 200;
    private static final int ROUNDS = 3;
    private static final int BLOCK = 4096;
    private static final int[] MAPPED = {1, 4, 16, 64, 255};

    private FirstWriteCost() {}

    /** Returns the ratio of the medians by number of mapped blocks, the best of some rounds. */
    static Map<Integer, Double> measure(Path file) throws BackendException {
        BlockStore.initialize(file, 2048 * MIB, true);
        Map<Integer, Double> ratios = new LinkedHashMap<>();
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            median(store, 1); // warm-up
            for (int round = 0; round < ROUNDS; round++) {
                double fresh = median(store, 0);
                for (int mapped : MAPPED) {
                    ratios.merge(mapped, median(store, mapped) / fresh, Math::min);
                }
            }
        }
        return ratios;
    }

    private static double median(BlockStore store, int mappedBlocks) throws BackendException {
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
        return nanos[EXTENTS / 2];
    }
}
