package org.dbstore.server.audit;

import org.apache.logging.log4j.Logger;

/**
 * Logs what peers do wrong, but only so much of a kind: whoever floods the server does not fill the
 * disk with its log too. Safe for all threads.
 */
public final class LineLimit {
    /** Lines in a second. */
    static final int LINES_MAX = 20;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final String leftOutMessage;
    private long secondBegan;
    private int lines;
    private long leftOut;

    /**
     * Begins with nothing left out.
     *
     * @param leftOutMessage says how many lines were, with a pair of braces for the number
     */
    public LineLimit(String leftOutMessage) {
        this.leftOutMessage = leftOutMessage;
    }

    /**
     * Logs a warning, or leaves it out.
     *
     * @param nowNanos as of {@link System#nanoTime}
     * @param message as for {@link Logger#warn}, with one pair of braces for each argument
     */
    public void warn(Logger log, long nowNanos, String message, Object... arguments) {
        long before;
        synchronized (this) {
            if (nowNanos - secondBegan >= SECOND_NANOS) {
                secondBegan = nowNanos;
                lines = 0;
            }
            if (lines >= LINES_MAX) {
                leftOut++;
                return;
            }
            lines++;
            before = leftOut;
            leftOut = 0;
        }
        if (before > 0) {
            log.warn(leftOutMessage, before);
        }
        log.warn(message, arguments);
    }
}
