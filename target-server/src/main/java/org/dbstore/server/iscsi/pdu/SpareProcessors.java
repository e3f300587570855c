package org.dbstore.server.iscsi.pdu;

import java.util.concurrent.Semaphore;

/**
 * Processors that may be spent on looking for the next command ({@link BusyPoll}): at most every
 * second one, so that the others are left to those who work. Safe for all threads.
 */
public final class SpareProcessors {
    private final Semaphore free;
    private volatile boolean allowed = true;

    /**
     * Lends half of the processors.
     *
     * @param processors how many the machine has
     */
    public SpareProcessors(int processors) {
        this.free = new Semaphore(processors / 2);
    }

    /** Says whether any is lent from now on. */
    public void allow(boolean yes) {
        allowed = yes;
    }

    /** Takes one, unless none is left. */
    boolean tryTake() {
        return allowed && free.tryAcquire();
    }

    void giveBack() {
        free.release();
    }
}
