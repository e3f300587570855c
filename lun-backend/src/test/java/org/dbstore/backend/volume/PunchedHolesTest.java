package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Goal: what is unmapped and deleted takes no space in the file, and what is mapped stays. */
class PunchedHolesTest {
    private static final int BLOCK = 4096;

    @TempDir private Path directory;
    private Path device = Path.of("");

    @BeforeEach
    void makeDevice() throws Exception {
        device = directory.resolve("device");
        BlockStore.initialize(device, 128 * MIB, false);
    }

    /** What du counts, in bytes. */
    private long allocated() throws IOException {
        try (var output =
                new ProcessBuilder("du", "--block-size=1", device.toString())
                        .start()
                        .inputReader()) {
            return Long.parseLong(output.readLine().split("\t", 2)[0]);
        }
    }

    private void assertShrinksBy(long bytes, long before) throws Exception {
        long won = before - allocated();
        for (int round = 0; round < 100 && won < bytes; round++) {
            Thread.sleep(20); // larger work is done by a thread
            won = before - allocated();
        }
        assumeTrue(won != 0, "the file system cannot punch holes");
        assertTrue(won >= bytes, won + " bytes won");
    }

    @Test
    void unmappedExtentsAreGivenBack() throws Exception {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("v", 16 * MIB);
            Volume volume = store.openVolume("v");
            Bytes.write(volume, 0, Bytes.random(16 << 20, 1));
            volume.flush();
            long before = allocated();
            volume.unmap(2 * MIB, 10 * MIB);
            volume.flush();
            assertShrinksBy(10 * MIB, before);
        }
    }

    @Test
    void deletionsAreGivenBack() throws Exception {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("v", 8 * MIB);
            Volume volume = store.openVolume("v");
            Bytes.write(volume, 0, Bytes.random(8 << 20, 1));
            int old = store.createSnapshot("v");
            Bytes.write(volume, 0, Bytes.random(4 << 20, 2));
            volume.flush();
            store.release(volume);
            long before = allocated();
            store.deleteSnapshot(old);
            assertShrinksBy(4 * MIB, before);
            before = allocated();
            store.deleteVolume("v");
            assertShrinksBy(8 * MIB, before);
        }
    }

    @Test
    void blocksWithinAnExtentAreGivenBack() throws Exception {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("v", MIB);
            Volume volume = store.openVolume("v");
            byte[] content = Bytes.random(1 << 20, 1);
            Bytes.write(volume, 0, content);
            volume.flush();
            long before = allocated();
            for (int block = 16; block < 144; block++) { // one after the other they are a hole
                volume.unmap((long) block * BLOCK, BLOCK);
                volume.flush();
            }
            assertShrinksBy(128 * BLOCK, before);
            Arrays.fill(content, 16 * BLOCK, 144 * BLOCK, (byte) 0);
            assertArrayEquals(content, Bytes.read(volume, 0, 1 << 20));
        }
    }

    @Test
    void aHoleOfAnAcknowledgedUnmapIsPunchedWithoutFlush() throws Exception {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("v", MIB);
            Volume volume = store.openVolume("v");
            Bytes.write(volume, 0, Bytes.random(1 << 20, 1));
            volume.flush();
            long before = allocated();
            volume.unmap(8 * BLOCK, 100 * BLOCK);
            CountDownLatch done = new CountDownLatch(1);
            volume.commit(failure -> done.countDown());
            done.await();
            assertShrinksBy(100 * BLOCK, before);
        }
    }

    /** Blocks are unmapped and written again all the time; a hole must never hit the new data. */
    @Test
    void holesNeverHitWhatIsWrittenAgain() throws Exception {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("v", MIB);
            Volume volume = store.openVolume("v");
            Bytes.write(volume, 0, Bytes.random(1 << 20, 1));
            AtomicBoolean stop = new AtomicBoolean();
            Thread committer =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!stop.get()) {
                                    CompletableFuture<Void> done = new CompletableFuture<>();
                                    volume.commit(failure -> done.complete(null));
                                    done.join();
                                }
                            });
            SplittableRandom random = new SplittableRandom(1);
            try {
                for (int i = 0; i < 2000; i++) {
                    int from = random.nextInt(0, 240);
                    int length = random.nextInt(4, 16) * BLOCK;
                    volume.unmap((long) from * BLOCK, length);
                    byte[] again = Bytes.random(length, i);
                    Bytes.write(volume, (long) from * BLOCK, again);
                    assertArrayEquals(again, Bytes.read(volume, (long) from * BLOCK, length));
                    if (i % 50 == 0) {
                        volume.flush();
                        assertArrayEquals(again, Bytes.read(volume, (long) from * BLOCK, length));
                    }
                }
            } finally {
                stop.set(true);
                committer.join();
            }
            volume.flush();
            assertEquals(MIB, volume.sizeBytes());
        }
    }
}
