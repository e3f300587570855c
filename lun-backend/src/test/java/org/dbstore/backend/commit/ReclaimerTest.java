package org.dbstore.backend.commit;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.format.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Goal: what is freed comes back, and a large deletion keeps nobody waiting long. */
class ReclaimerTest {
    private static final long DEVICE_BYTES = 600 * MIB;
    private static final int EXTENTS = 300;

    private final Geometry geometry = new Geometry(DEVICE_BYTES);
    private final ExtentAllocator allocator = new ExtentAllocator(geometry.usableExtents());
    private final List<Long> punched = new CopyOnWriteArrayList<>();
    private final AtomicInteger pauses = new AtomicInteger();

    private Barrier barrier(Runnable onPunch) {
        FaultyDevice device =
                new FaultyDevice(new MemoryBlockDevice("memory", DEVICE_BYTES)) {
                    @Override
                    public void punchHole(long offset, long lengthBytes) {
                        onPunch.run();
                        punched.add(lengthBytes);
                    }
                };
        return new Barrier(device, new StoreHealth("memory"));
    }

    private Reclaimer reclaimer(Runnable onPunch) {
        return new Reclaimer(barrier(onPunch), geometry, allocator) {
            @Override
            void pause(long nanos) {
                pauses.incrementAndGet();
            }
        };
    }

    private static int[] extents(int count) {
        return IntStream.range(0, count).toArray();
    }

    @Test
    void manyExtentsArePunchedInPiecesWithAPauseAfterEach() {
        Reclaimer reclaimer = reclaimer(() -> {});

        reclaimer.reclaim(reclaimer.begin(), extents(EXTENTS));
        reclaimer.awaitAll(false);

        assertEquals(EXTENTS, allocator.freeCount());
        assertEquals(MIB, punched.getFirst());
        assertTrue(punched.stream().allMatch(bytes -> bytes <= 64 * MIB), punched::toString);
        assertEquals(EXTENTS * MIB, punched.stream().mapToLong(Long::longValue).sum());
        assertEquals(punched.size(), pauses.get());
    }

    @Test
    void whoWaitsForTheSpaceDoesNotWaitForPauses() {
        Thread waiting = Thread.currentThread();
        Reclaimer reclaimer =
                reclaimer(() -> {
                    while (waiting.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                });

        reclaimer.reclaim(reclaimer.begin(), extents(EXTENTS));
        reclaimer.awaitAll(true);

        assertEquals(EXTENTS, allocator.freeCount());
        assertEquals(0, pauses.get());
    }

    @Test
    void aFewExtentsInARowArePunchedAtOnce() {
        Reclaimer reclaimer = reclaimer(() -> {});

        reclaimer.reclaim(reclaimer.begin(), extents(3));

        assertEquals(List.of(3 * MIB), punched);
        assertEquals(3, allocator.freeCount());
    }

    @Test
    void whoNeedsAnExtentWaitsForTheFirstThatComesBack() {
        CountDownLatch rest = new CountDownLatch(1);
        Reclaimer reclaimer =
                reclaimer(() -> {
                    if (!punched.isEmpty()) {
                        awaitUninterruptibly(rest);
                    }
                });

        reclaimer.reclaim(reclaimer.begin(), extents(EXTENTS));

        assertTrue(reclaimer.awaitAny(0));
        assertEquals(1, allocator.freeCount());
        rest.countDown();
        reclaimer.awaitAll(false);
        assertEquals(EXTENTS, allocator.freeCount());
        assertEquals(EXTENTS, reclaimer.returned());
    }

    @Test
    void whoNeedsAnExtentHearsThatNoneComesBack() throws Exception {
        Reclaimer reclaimer = reclaimer(() -> {});
        assertFalse(reclaimer.awaitAny(0));
        long ticket = reclaimer.begin();
        CompletableFuture<Boolean> answer =
                CompletableFuture.supplyAsync(() -> reclaimer.awaitAny(0));

        reclaimer.reclaim(ticket, new int[0]);

        assertFalse(answer.get());
    }

    @Test
    @Timeout(60)
    void aPauseEndsWhenSomebodyBeginsToWaitForSpace() throws Exception {
        Reclaimer reclaimer = new Reclaimer(barrier(() -> {}), geometry, allocator);
        long ticket = reclaimer.begin();
        Thread pausing = Thread.ofPlatform().start(() -> reclaimer.pause(Long.MAX_VALUE / 2));
        while (pausing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        Thread waiting = Thread.ofPlatform().start(() -> reclaimer.awaitAny(0));

        pausing.join();

        reclaimer.reclaim(ticket, extents(1));
        waiting.join();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
