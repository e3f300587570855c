package org.dbstore.server.qos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets commands pass at a rate, of commands and of bytes; those that have to wait stand in queues
 * which take turns. Safe for all threads; its monitor is a leaf: who passes is told outside.
 */
final class Throttle {
    /** One who wants to pass. */
    interface Waiter {
        /** Whose queue it stands in; those of the same flow pass in order. */
        Object flow();

        /** True to stand before all others (HEAD OF QUEUE). */
        boolean isUrgent();

        /** What its data cost. */
        long bytes();

        /** False if it has been aborted: it costs nothing, and need not be told. */
        boolean isWanted();

        /** Its turn has come. From any thread. */
        void pass();
    }

    private final Timer timer;
    private final TokenBucket commands;
    private final TokenBucket bytes;

    /** Who waits, by flow; the first flow is the next. */
    private final Map<Object, ArrayDeque<Waiter>> flows = new LinkedHashMap<>();

    private final ArrayDeque<Waiter> urgent = new ArrayDeque<>();

    /** Counts the timers that were set; only the last one counts. */
    private long timers;

    private boolean timed;

    Throttle(Timer timer) {
        this.timer = timer;
        this.commands = new TokenBucket(timer.nanoTime());
        this.bytes = new TokenBucket(timer.nanoTime());
    }

    /** Sets the rate; those who wait already wait by the new one. */
    void set(Rate rate) {
        synchronized (this) {
            long now = timer.nanoTime();
            commands.set(rate.commands(), rate.burstNanos(), now);
            bytes.set(rate.bytes(), rate.burstNanos(), now);
            timed = false;
        }
        serve();
    }

    /**
     * Passes if nobody waits and the rate allows it.
     *
     * @param size of the data
     * @return false if not: nothing has happened
     */
    synchronized boolean tryPass(long size) {
        if (isWaiting()) {
            return false;
        }
        long now = timer.nanoTime();
        commands.idle(now);
        bytes.idle(now);
        if (waitNanos(now) > 0) {
            return false;
        }
        take(size, now);
        return true;
    }

    /** Passes, now or later. */
    void enter(Waiter waiter) {
        synchronized (this) {
            if (!isWaiting()) {
                long now = timer.nanoTime();
                commands.idle(now);
                bytes.idle(now);
            }
            if (waiter.isUrgent()) {
                urgent.addLast(waiter);
            } else {
                flows.computeIfAbsent(waiter.flow(), flow -> new ArrayDeque<>()).addLast(waiter);
            }
        }
        serve();
    }

    /** Waits no longer. */
    synchronized void leave(Waiter waiter) {
        urgent.remove(waiter);
        ArrayDeque<Waiter> flow = flows.get(waiter.flow());
        if (flow != null && flow.remove(waiter) && flow.isEmpty()) {
            flows.remove(waiter.flow());
        }
    }

    /** Number of those who wait. */
    synchronized int waiting() {
        return urgent.size() + flows.values().stream().mapToInt(ArrayDeque::size).sum();
    }

    private boolean isWaiting() {
        return !urgent.isEmpty() || !flows.isEmpty();
    }

    private long waitNanos(long now) {
        return Math.max(commands.waitNanos(now), bytes.waitNanos(now));
    }

    private void take(long size, long now) {
        commands.take(1, now);
        bytes.take(size, now);
    }

    private void serve() {
        List<Waiter> passing = new ArrayList<>();
        synchronized (this) {
            long now = timer.nanoTime();
            while (isWaiting() && waitNanos(now) <= 0) {
                Waiter next = next();
                if (next.isWanted()) {
                    take(next.bytes(), now);
                    passing.add(next);
                }
            }
            if (isWaiting() && !timed) {
                timed = true;
                long number = ++timers;
                timer.schedule(waitNanos(now), () -> timeIsUp(number));
            }
        }
        passing.forEach(Waiter::pass);
    }

    private void timeIsUp(long number) {
        synchronized (this) {
            if (number != timers) {
                return;
            }
            timed = false;
        }
        serve();
    }

    private Waiter next() {
        Waiter first = urgent.pollFirst();
        if (first != null) {
            return first;
        }
        Iterator<Map.Entry<Object, ArrayDeque<Waiter>>> turns = flows.entrySet().iterator();
        Map.Entry<Object, ArrayDeque<Waiter>> turn = turns.next();
        Object flow = turn.getKey();
        ArrayDeque<Waiter> queue = turn.getValue();
        turns.remove();
        Waiter next = queue.removeFirst();
        if (!queue.isEmpty()) {
            flows.put(flow, queue);
        }
        return next;
    }
}
