package org.dbstore.server.metrics;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Counts the commands of one session, and has its LUNs count them.
 *
 * <p>Whoever records holds the monitor that all who record for this session hold: that of the
 * connection's writer, which has it at that moment anyway.
 */
public final class SessionMeter {
    private final Labels labels;
    private final Object guard;
    private final SlowCommands slow;
    private final Tally tally = new Tally(false, false);
    private final CommandLog log = new CommandLog();

    /**
     * What a session is called.
     *
     * @param handle TSIH, 1..65535
     * @param initiator iSCSI name
     * @param target iSCSI name
     * @param peer where the initiator is
     * @param portal by which it came
     */
    public record Labels(
            int handle,
            String initiator,
            String target,
            InetSocketAddress peer,
            InetSocketAddress portal) {}

    /** Begins to count under a monitor. */
    SessionMeter(Labels labels, Object guard, SlowCommands slow) {
        this.labels = labels;
        this.guard = guard;
        this.slow = slow;
    }

    /** A meter that nobody reads. */
    public static SessionMeter detached() {
        InetSocketAddress nowhere = new InetSocketAddress(0);
        return new SessionMeter(
                new Labels(1, "", "", nowhere, nowhere), new Object(), new SlowCommands());
    }

    /** What the session is called. */
    public Labels labels() {
        return labels;
    }

    /** All that was counted, as it stands. */
    public Tally total() {
        return tally;
    }

    /** The last commands, the oldest first. */
    public List<CommandLog.Entry> commands() {
        synchronized (guard) {
            return log.entries();
        }
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
        log.add(command, sentNanos);
        slow.sent(labels, command, sentNanos);
        CommandEvent.emit(labels, command, sentNanos);
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
