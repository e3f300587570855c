package org.dbstore.server.metrics;

/**
 * How long a command took, and each of its stages: computed once for all who book it. Used for one
 * command after another by who holds the monitor of the session.
 */
final class CommandTimes {
    /** From its PDU to the last byte of its answer. */
    long totalNanos;

    /** Of {@link #totalNanos}, see {@link LatencyBuckets}. */
    int latencyClass;

    /** By {@link Stage}; 0 if it did not go through it. */
    final long[] stageNanos = new long[Stage.COUNT];

    /**
     * Takes the times of a command.
     *
     * @param sentNanos when its answer was in the socket
     * @return this
     */
    CommandTimes of(MeasuredCommand command, long sentNanos) {
        totalNanos = sentNanos - command.receivedNanos;
        latencyClass = LatencyBuckets.indexOf(totalNanos);
        command.divide(sentNanos, stageNanos);
        return this;
    }

    /** Time in a stage. */
    long nanos(Stage stage) {
        return stageNanos[stage.index()];
    }
}
