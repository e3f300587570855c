package org.dbstore.server.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Goal: what depends on the blocks it changes is alone with them. */
@Timeout(30)
class RangeLocksTest {
    private static final long MIB = 1 << 20;

    private final RangeLocks ranges = new RangeLocks();

    /** Runs a change within another and tells whether it had to wait for its end. */
    private boolean waits(boolean outerAlone, long offset, long bytes, boolean innerAlone)
            throws Exception {
        var inside = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var second = new CountDownLatch(1);
        Deferral.Step hold =
                () -> {
                    inside.countDown();
                    awaitEnd(leave);
                    return CommandOutcome.Good.GOOD;
                };
        Thread holder = Thread.ofPlatform().start(() -> run(outerAlone, MIB, MIB, hold));
        inside.await();
        Thread other =
                Thread.ofPlatform()
                        .start(() ->
                                run(
                                        innerAlone,
                                        offset,
                                        bytes,
                                        () -> {
                                            second.countDown();
                                            return CommandOutcome.Good.GOOD;
                                        }));
        boolean done = second.await(200, TimeUnit.MILLISECONDS);
        leave.countDown();
        holder.join();
        other.join();
        assertEquals(0, second.getCount());
        return !done;
    }

    private static void awaitEnd(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void run(boolean alone, long offset, long bytes, Deferral.Step step) {
        try {
            if (alone) {
                ranges.changeAlone(offset, bytes, step);
            } else {
                ranges.change(offset, bytes, step);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void changesGoBesideEachOther() throws Exception {
        assertFalse(waits(false, MIB, MIB, false));
    }

    @Test
    void oneThatIsAloneWaitsForTheOthersAndTheyForIt() throws Exception {
        assertTrue(waits(false, MIB, 512, true));
        assertTrue(waits(true, 2 * MIB - 512, 1024, false));
        assertTrue(waits(true, 0, 1L << 40, false));
    }

    @Test
    void otherRegionsAreFree() throws Exception {
        assertFalse(waits(true, 2 * MIB, MIB, true));
        assertFalse(waits(true, 0, MIB, false));
        assertFalse(waits(true, MIB, 0, false));
    }
}
