package org.dbstore.server.metrics;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.Arrays;
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

    /** Of the command that is being booked. */
    private final CommandTimes times = new CommandTimes();

    /** By the number of the LUN; grows with the largest. */
    private @Nullable Claim[] claims = {};

    private boolean closed;

    /** Counters of a LUN for this session. */
    private record Claim(UnitMeter unit, Tally tally) {}

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
        times.of(command, sentNanos);
        tally.add(command, times);
        UnitMeter unit = command.unit;
        if (unit != null) {
            tally(unit).add(command, times);
        }
        log.add(command, times);
        slow.sent(labels, command, times);
        CommandEvent.emit(labels, command, times);
    }

    /** Counts a command that was aborted, so that it gets no answer. */
    public void aborted(MeasuredCommand command) {
        tally.addAborted();
        UnitMeter unit = command.unit;
        if (unit != null) {
            tally(unit).addAborted();
        }
    }

    /**
     * Gives back what it has from LUNs. What comes later is counted, but not in its own counters.
     */
    void close() {
        synchronized (guard) {
            closed = true;
            for (Claim claim : claims) {
                if (claim != null) {
                    claim.unit().giveBack(claim.tally());
                }
            }
            claims = new Claim[0];
        }
    }

    private Tally tally(UnitMeter unit) {
        int number = unit.labels().lun();
        Claim claim = number < claims.length ? claims[number] : null;
        return claim != null && claim.unit() == unit ? claim.tally() : claim(unit, claim);
    }

    private Tally claim(UnitMeter unit, @Nullable Claim old) {
        if (closed) {
            return unit.shared();
        }
        if (old != null) {
            old.unit().giveBack(old.tally());
        }
        int number = unit.labels().lun();
        if (number >= claims.length) {
            claims = Arrays.copyOf(claims, number + 1);
        }
        Claim claim = new Claim(unit, unit.claim());
        claims[number] = claim;
        return claim.tally();
    }
}
