package org.dbstore.server.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** Goal: a thread stays awake for bytes that come soon, and for nothing else. In simulated time. */
class BusyPollTest {
    private static final long STEP_NANOS = 1000;
    private static final long NEVER = Long.MAX_VALUE;

    private final SpareProcessors processors = new SpareProcessors(2);
    private long now;
    private long bytesAt = NEVER;
    private int looks;
    private int works;
    private final BusyPoll poll =
            new BusyPoll(this::available, () -> works++, processors, () -> now);

    @Test
    void aSocketOfWhichNothingIsKnownIsNotLookedAt() throws IOException {
        assertFalse(findsBytesAfter(0));
        assertEquals(0, looks);
    }

    @Test
    void bytesThatLatelyCameSoonAreLookedFor() throws IOException {
        comeAfter(20_000, 40);
        looks = 0;
        assertTrue(findsBytesAfter(20_000));
        assertEquals(20, looks);
    }

    @Test
    void theLookEndsWhenItIsNotWorthItAnyMore() throws IOException {
        comeAfter(20_000, 40);
        long began = now;
        assertFalse(findsBytesAfter(NEVER));
        assertEquals(BusyPoll.LOOK_NANOS_MAX, now - began);
    }

    @Test
    void afterSomeLongWaitsTheThreadSleepsAtOnce() throws IOException {
        comeAfter(20_000, 40);
        comeAfter(10_000_000, 2);
        looks = 0;
        assertFalse(findsBytesAfter(20_000));
        assertEquals(0, looks);
    }

    @Test
    void bytesThatComeSoonForOneWhoIsAwakeAreFoundOutAbout() throws IOException {
        long wakingNanos = 60_000;
        for (int i = 0; i < 100; i++) {
            if (!findsBytesAfter(70_000)) {
                now = bytesAt + wakingNanos;
            }
            poll.ended();
        }
        assertTrue(findsBytesAfter(70_000));
    }

    @Test
    void oneWaitInEightIsSpentAwakeWhereBytesComeALittleTooLate() throws IOException {
        comeAfter(150_000, 40);
        looks = 0;
        comeAfter(150_000, 80);
        assertEquals(10 * BusyPoll.LOOK_NANOS_MAX / STEP_NANOS, looks);
    }

    @Test
    void whatComesUpMeanwhileIsDone() throws IOException {
        comeAfter(20_000, 40);
        works = 0;
        assertTrue(findsBytesAfter(20_000));
        assertEquals(20, works);
    }

    @Test
    void everySecondProcessorIsLeftToOthers() throws IOException {
        comeAfter(20_000, 40);
        assertTrue(processors.tryTake());
        assertFalse(findsBytesAfter(20_000));
        processors.giveBack();
        poll.ended();
        assertTrue(findsBytesAfter(20_000));
        assertTrue(processors.tryTake(), "it was given back");
    }

    @Test
    void theOnlyProcessorIsNeverUsedSo() {
        assertFalse(new SpareProcessors(1).tryTake());
    }

    @Test
    void nobodyLooksWhereItIsNotAllowed() throws IOException {
        comeAfter(20_000, 40);
        processors.allow(false);
        assertFalse(findsBytesAfter(20_000));
        poll.ended();
        processors.allow(true);
        assertTrue(findsBytesAfter(20_000));
    }

    private void comeAfter(long nanos, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            if (!findsBytesAfter(nanos)) {
                now = Math.max(now, bytesAt);
            }
            poll.ended();
        }
    }

    private boolean findsBytesAfter(long nanos) throws IOException {
        bytesAt = nanos == NEVER ? NEVER : now + nanos;
        return poll.findsBytes();
    }

    private int available() {
        looks++;
        now += STEP_NANOS;
        return now >= bytesAt ? 48 : 0;
    }
}
