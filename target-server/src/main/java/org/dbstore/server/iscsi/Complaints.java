package org.dbstore.server.iscsi;

import org.apache.logging.log4j.Logger;

/**
 * Logs what initiators do wrong, but only so much of it: whoever floods the server does not fill
 * the disk with its log too. Safe for all threads.
 */
final class Complaints {
    /** Lines in a second. */
    static final int LINES_MAX = 20;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private long secondBegan;
    private int lines;
    private long leftOut;

    /**
     * Logs a warning, or leaves it out.
     *
     * @param message as for {@link Logger#warn}, with one pair of braces for each argument
     */
    void warn(Logger log, long nowNanos, String message, Object... arguments) {
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
            log.warn("{} warnings of initiators were left out", before);
        }
        log.warn(message, arguments);
    }
}
