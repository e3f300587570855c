package org.dbstore.server.scsi;

/**
 * How long the medium took of late to make writes durable. A thread that also reads a connection
 * waits for it itself only while that is quick: a slow medium must not keep it from pings and task
 * management. Safe for all threads.
 */
public final class CommitPace {
    /** Much less than the few seconds within which initiators want an answer to a ping. */
    private static final long QUICK_NANOS_MAX = 50_000_000;

    private volatile long lastNanos;

    /** Tells whether the last wait was short; true before the first. */
    public boolean isQuick() {
        return lastNanos < QUICK_NANOS_MAX;
    }

    /**
     * Notes a wait.
     *
     * @param nanos how long it was
     */
    public void took(long nanos) {
        lastNanos = nanos;
    }
}
