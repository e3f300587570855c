package org.dbstore.server.qos;

/** Time, and a way to be called later. */
public interface Timer {
    /** As System.nanoTime. */
    long nanoTime();

    /**
     * Has something run later, in another thread.
     *
     * @param delayNanos 0 or more
     */
    void schedule(long delayNanos, Runnable action);
}
