package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Goal: once a volume is released, a request that was under way touches nothing more. */
class ReleasedVolumeTest {
    /** More positions than stripes: such a request comes back to the first stripe. */
    private static final int LENGTH = 70 << 20;

    /** A request under way. */
    @FunctionalInterface
    private interface Request {
        void run(Volume volume) throws BackendException;
    }

    private final FaultyDevice device = new FaultyDevice(new MemoryBlockDevice("m", 300 * MIB));
    private final BlockStore store;
    private final Volume volume;

    ReleasedVolumeTest() throws BackendException {
        BlockStore.initialize(device);
        store = Stores.open(device);
        store.createVolume("v", LENGTH);
        volume = store.openVolume("v");
        for (int position = 0; position < LENGTH / MIB; position++) {
            Bytes.write(volume, position * MIB, Bytes.random(4096, position));
        }
    }

    @AfterEach
    void closeStore() throws BackendException {
        store.close();
    }

    @Test
    void aReadEnds() throws Exception {
        assertEndsOnRelease(v -> v.read(0, ByteBuffer.allocateDirect(LENGTH)));
    }

    @Test
    void aReadWithoutWaitingEnds() {
        store.release(volume);
        assertThrows(
                IllegalStateException.class,
                () -> volume.readNow(0, ByteBuffer.allocateDirect(4096)));
    }

    @Test
    void anOverwriteEnds() throws Exception {
        Bytes.write(volume, 0, new byte[LENGTH]);
        assertEndsOnRelease(v -> v.write(0, ByteBuffer.allocateDirect(LENGTH)));
    }

    @Test
    void aWriteToNewExtentsEnds() throws Exception {
        volume.unmap(0, LENGTH);
        volume.flush();
        assertEndsOnRelease(v -> v.write(0, ByteBuffer.allocateDirect(LENGTH)));
    }

    @Test
    void anUnmapEnds() throws Exception {
        Bytes.write(volume, 0, new byte[8192]);
        store.createSnapshot("v");
        // The first extent keeps its first block, which is copied. The rest needs no transfer, so
        // it may be done before the release has the stripe; after the release nothing happens.
        Future<Void> running = releaseDuring(v -> v.unmap(4096, LENGTH - 4096));
        long mapped = store.volume("v").mappedBytes();
        try {
            running.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
        assertEquals(mapped, store.volume("v").mappedBytes());
    }

    private void assertEndsOnRelease(Request request) throws Exception {
        Future<Void> running = releaseDuring(request);
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> running.get(10, TimeUnit.SECONDS));
        assertInstanceOf(IllegalStateException.class, e.getCause());
    }

    private Future<Void> releaseDuring(Request request) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        device.onTransfer(offset -> {
            if (offset >= MIB && first.compareAndSet(true, false)) {
                begun.countDown();
                awaitLatch(goOn);
            }
        });
        Future<Void> running = start(() -> request.run(volume));
        awaitLatch(begun);
        CompletableFuture<Thread> releaser = new CompletableFuture<>();
        Future<Void> releasing =
                start(() -> {
                    releaser.complete(Thread.currentThread());
                    store.release(volume);
                });
        while (releaser.get(10, TimeUnit.SECONDS).getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        releasing.get(10, TimeUnit.SECONDS);
        return running;
    }

    @Test
    void whatComesAfterTheReleaseLeavesTheNextOwnersDataAlone() throws Exception {
        store.release(volume);
        store.deleteVolume("v");
        store.createVolume("w", MIB);
        Volume next = store.openVolume("w");
        Bytes.write(next, 0, Bytes.random(4096, 99));
        assertThrows(IllegalStateException.class, () -> Bytes.write(volume, 0, new byte[4096]));
        assertThrows(IllegalStateException.class, () -> volume.writeZeroes(0, 100));
        assertThrows(IllegalStateException.class, () -> volume.runAt(0));
        assertThrows(IllegalStateException.class, () -> volume.unmap(0, MIB));
        assertArrayEquals(Bytes.random(4096, 99), Bytes.read(next, 0, 4096));
    }

    /** Work of a thread of its own. */
    @FunctionalInterface
    private interface Work {
        void run() throws BackendException;
    }

    private static Future<Void> start(Work work) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        work.run();
                        outcome.complete(null);
                    } catch (BackendException | RuntimeException e) {
                        outcome.completeExceptionally(e);
                    }
                });
        return outcome;
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited too long");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
