package org.dbstore.server.iscsi.pdu;

import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Looks at a socket for a while before its thread goes to sleep there, if lately its bytes came
 * that soon: a thread that is awake has them tens of microseconds earlier than one that has to be
 * woken. A wait takes longer for one who is woken, so now and then one that seems a little too long
 * is spent awake, to see how long it is then. Used by one thread.
 */
final class BusyPoll {
    /** Longest look: beyond it, waking a thread is little beside the wait. */
    static final long LOOK_NANOS_MAX = 100_000;

    /** Beyond it no wait of a thread that sleeps is a short one for a thread that is awake. */
    private static final long WOKEN_NANOS_MAX = 2 * LOOK_NANOS_MAX;

    /** One in so many of those in between is spent awake. */
    private static final int TRY_EVERY = 8;

    /** What a wait counts at most, so that some short ones make up for a long one. */
    private static final long WAIT_NANOS_MAX = 8 * LOOK_NANOS_MAX;

    /** Of a wait in the average: one part in so many. */
    private static final int WEIGHT = 8;

    private final Socket socket;
    private final Meanwhile meanwhile;
    private final SpareProcessors processors;
    private final LongSupplier nanoTime;

    /** How long bytes are waited for, a moving average. */
    private long typicalNanos = WAIT_NANOS_MAX;

    private long beganNanos;
    private boolean found;
    private int doubtful;

    /** Where bytes come. */
    @FunctionalInterface
    interface Socket {
        /** How many bytes can be read without waiting. */
        int available() throws IOException;
    }

    /** What there is to do beside looking. */
    @FunctionalInterface
    interface Meanwhile {
        /** Does what has come up, if anything. */
        void work() throws IOException;
    }

    /**
     * Begins with a socket of which nothing is known.
     *
     * @param socket where bytes come
     * @param meanwhile done again and again while looking
     * @param processors one is taken while looking
     * @param nanoTime as System.nanoTime
     */
    BusyPoll(
            Socket socket, Meanwhile meanwhile, SpareProcessors processors, LongSupplier nanoTime) {
        this.socket = socket;
        this.meanwhile = meanwhile;
        this.processors = processors;
        this.nanoTime = nanoTime;
    }

    /**
     * Looks for bytes; {@link #ended} has to be called when they have been read.
     *
     * @return false if there are none yet, and it is better to sleep
     */
    boolean findsBytes() throws IOException {
        beganNanos = nanoTime.getAsLong();
        found = false;
        if (!isWorthLooking() || !processors.tryTake()) {
            return false;
        }
        try {
            do {
                meanwhile.work();
                if (socket.available() > 0) {
                    found = true;
                    return true;
                }
                Thread.onSpinWait();
            } while (nanoTime.getAsLong() - beganNanos < LOOK_NANOS_MAX);
            return false;
        } finally {
            processors.giveBack();
        }
    }

    private boolean isWorthLooking() {
        if (typicalNanos > LOOK_NANOS_MAX && typicalNanos <= WOKEN_NANOS_MAX) {
            doubtful = (doubtful + 1) % TRY_EVERY;
            return doubtful == 0;
        }
        return typicalNanos <= LOOK_NANOS_MAX;
    }

    /** The wait is over. */
    void ended() {
        long nanos = Math.min(nanoTime.getAsLong() - beganNanos, WAIT_NANOS_MAX);
        typicalNanos += (nanos - typicalNanos) / WEIGHT;
        if (found) {
            typicalNanos = Math.min(typicalNanos, LOOK_NANOS_MAX);
        }
    }
}
