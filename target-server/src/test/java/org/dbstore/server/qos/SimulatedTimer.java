package org.dbstore.server.qos;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when the test says so; what is due runs exactly then. */
final class SimulatedTimer implements Timer {
    private record Due(long nanos, long number, Runnable action) {}

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparing(Due::number));
    private long now;
    private long count;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void schedule(long delayNanos, Runnable action) {
        due.add(new Due(now + delayNanos, count++, action));
    }

    /** Lets time pass. */
    void pass(long nanos) {
        long end = now + nanos;
        while (!due.isEmpty() && due.peek().nanos() <= end) {
            Due next = due.remove();
            now = next.nanos();
            next.action().run();
        }
        now = end;
    }

    /** Number of actions that will run. */
    int pending() {
        return due.size();
    }
}
