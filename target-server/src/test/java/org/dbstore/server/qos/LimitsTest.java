package org.dbstore.server.qos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Goal: commands pass exactly at the rate, in fair order, whatever else happens to them. */
class LimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private final SimulatedTimer timer = new SimulatedTimer();
    private final Limits limits = new Limits(timer);
    private final List<String> passed = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();

    @Test
    void withoutALimitEverythingPassesAtOnce() {
        assertFalse(limits.areSet());
        for (int i = 0; i < 1000; i++) {
            assertTrue(read("a", 1 << 20).tryPass());
        }
    }

    @Test
    void commandsPassAtTheRateToTheNanosecond() {
        limits.set(new Rate(3, 0, 0));
        send("a", 7, 4096);
        timer.pass(2 * SECOND);
        assertEquals(
                List.of(
                        0L,
                        333_333_333L,
                        666_666_666L,
                        SECOND,
                        1_333_333_333L,
                        1_666_666_666L,
                        2 * SECOND),
                times);
    }

    @Test
    void bytesPassAtTheRateAndALargeCommandIsPaidForAfterwards() {
        limits.set(new Rate(0, 1 << 20, 0));
        send("a", 1, 4 << 20);
        send("a", 2, 512 << 10);
        timer.pass(10 * SECOND);
        assertEquals(List.of(0L, 4 * SECOND, 4 * SECOND + SECOND / 2), times);
    }

    @Test
    void aPauseIsMadeUpForAsFarAsTheBurstGoes() {
        limits.set(new Rate(100, 0, SECOND / 10));
        timer.pass(60 * SECOND);
        send("a", 20, 4096);
        assertEquals(11, passed.size(), "ten of the burst, and the one that is due");
        timer.pass(90 * MILLI);
        assertEquals(20, passed.size());
    }

    @Test
    void overAnHourNoCommandTooManyPasses() {
        limits.set(new Rate(7, 0, 0));
        send("a", 7 * 3600 + 1000, 512);
        timer.pass(3600 * SECOND);
        assertEquals(7 * 3600 + 1, passed.size());
    }

    @Test
    void whoWaitsTakesTurnsHoweverLongTheQueueOfTheOther() {
        limits.set(new Rate(10, 0, 0));
        send("greedy", 1000, 512);
        send("modest", 3, 512);
        timer.pass(SECOND);
        List<String> first = passed.subList(0, 8);
        assertEquals(3, first.stream().filter("modest"::equals).count(), first.toString());
    }

    @Test
    void commandsOfOneFlowPassInOrderButHeadOfQueueFirst() {
        limits.set(new Rate(1, 0, 0));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            boolean urgent = i == 3;
            enter(new Passage(List.of(limits), "a", urgent, 512, () -> order.add(number)));
        }
        timer.pass(10 * SECOND);
        assertEquals(List.of(0, 3, 1, 2), order);
    }

    @Test
    void anAbortedCommandCostsNothingAndIsForgotten() {
        limits.set(new Rate(1, 0, 0));
        send("a", 1, 512);
        List<Passage> waiting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Passage passage = read("b", 512);
            assertFalse(passage.tryPass());
            passage.await();
            waiting.add(passage);
        }
        assertEquals(1000, limits.waiting());
        waiting.forEach(Passage::giveUp);
        assertEquals(0, limits.waiting());
        send("c", 1, 512);
        timer.pass(SECOND);
        assertEquals(List.of("a", "c"), passed);
    }

    @Test
    void aHigherLimitHoldsAtOnceForThoseWhoWait() {
        limits.set(new Rate(1, 0, 0));
        send("a", 101, 512);
        limits.set(new Rate(100, 0, 0));
        timer.pass(2 * SECOND);
        assertEquals(101, passed.size());
        assertTrue(timer.pending() <= 1, "old timers do not live on");
    }

    @Test
    void whenALimitIsLiftedAllThatWaitsPasses() {
        limits.set(new Rate(1, 0, 0));
        send("a", 100, 512);
        limits.set(Rate.UNLIMITED);
        assertEquals(100, passed.size());
        assertFalse(limits.areSet());
    }

    @Test
    void ofTwoLimitsTheTighterOneDecides() {
        Limits other = new Limits(timer);
        limits.set(new Rate(100, 0, 0));
        other.set(new Rate(0, 5 * 4096, 0));
        for (int i = 0; i < 100; i++) {
            enter(new Passage(List.of(limits, other), "a", false, 4096, () -> passed.add("a")));
        }
        timer.pass(4 * SECOND);
        assertEquals(21, passed.size());
    }

    private Passage read(String flow, long bytes) {
        return new Passage(
                List.of(limits),
                flow,
                false,
                bytes,
                () -> {
                    passed.add(flow);
                    times.add(timer.nanoTime());
                });
    }

    private void send(String flow, int count, long bytes) {
        for (int i = 0; i < count; i++) {
            Passage passage = read(flow, bytes);
            if (passage.tryPass()) {
                passed.add(flow);
                times.add(timer.nanoTime());
            } else {
                passage.await();
            }
        }
    }

    /** As a session does it; one that passes at once tells so as well. */
    private static void enter(Passage passage) {
        passage.await();
    }
}
