package org.dbstore.server.metrics;

/**
 * Counts the commands of one session, and has its LUNs count them.
 *
 * <p>Whoever records holds the monitor that all who record for this session hold: that of the
 * connection's writer, which has it at that moment anyway.
 */
public final class SessionMeter {
    private final Labels labels;
    private final Tally tally = new Tally(false, false);

    /**
     * What a session is called.
     *
     * @param handle TSIH, 1..65535
     * @param initiator iSCSI name
     * @param target iSCSI name
     * @param address of the initiator
     */
    public record Labels(int handle, String initiator, String target, String address) {}

    /** Begins to count. */
    SessionMeter(Labels labels) {
        this.labels = labels;
    }

    /** A meter that nobody reads. */
    public static SessionMeter detached() {
        return new SessionMeter(new Labels(1, "", "", ""));
    }

    /** What the session is called. */
    public Labels labels() {
        return labels;
    }

    /** All that was counted, as it stands. */
    public Tally total() {
        return tally;
    }

    /**
     * Counts a command.
     *
     * @param sentNanos when the last byte of its answer was in the socket (System.nanoTime)
     */
    public void sent(MeasuredCommand command, long sentNanos) {
        tally.add(command, sentNanos);
        UnitMeter unit = command.unit;
        if (unit != null) {
            unit.stripe(labels.handle()).add(command, sentNanos);
        }
    }

    /** Counts a command that was aborted, so that it gets no answer. */
    public void aborted(MeasuredCommand command) {
        tally.addAborted();
        UnitMeter unit = command.unit;
        if (unit != null) {
            unit.stripe(labels.handle()).addAborted();
        }
    }
}
