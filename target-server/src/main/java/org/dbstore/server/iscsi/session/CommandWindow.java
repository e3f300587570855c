package org.dbstore.server.iscsi.session;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.PduWriter;

/**
 * Which commands may come next (RFC 7143, section 4.2.2.1). ExpCmdSN moves in the connection's
 * thread as commands arrive, MaxCmdSN wherever tasks end; both are read where PDUs are stamped.
 */
public final class CommandWindow implements PduWriter.Window {
    /** Most commands of a session that may be unanswered, whatever its target allows. */
    public static final int SIZE_MAX = 256;

    /** What to do with a command. */
    public enum Verdict {
        /** It is the next one. */
        TAKE,
        /** It was here already, or lies outside the window: RFC 7143 wants it silently ignored. */
        IGNORE,
        /**
         * One before it is missing. On the only connection of a session nothing can be late, so the
         * initiator has lost count.
         */
        GAP
    }

    private volatile int expected;
    private volatile int maximum;
    private int size = 1;
    private int unanswered;

    /**
     * Creates a window for one command: MaxCmdSN never goes back, so it begins small.
     *
     * @param firstSequenceNumber CmdSN of the leading login request
     */
    public CommandWindow(int firstSequenceNumber) {
        expected = firstSequenceNumber;
        maximum = firstSequenceNumber;
    }

    /**
     * Opens the window, before the first command.
     *
     * @param commands 1..{@link #SIZE_MAX}
     */
    public synchronized void open(int commands) {
        size = commands;
        maximum = expected + commands - 1;
    }

    /**
     * Changes its size while commands come: what was promised to the initiator is kept.
     *
     * @param commands 1..{@link #SIZE_MAX}
     */
    public synchronized void resize(int commands) {
        size = commands;
        widen();
    }

    /**
     * Judges a command and, unless immediate, moves ExpCmdSN on.
     *
     * @param sequenceNumber its CmdSN
     * @param immediate true if it does not advance the count
     * @return what to do with it
     */
    public Verdict arrive(int sequenceNumber, boolean immediate) {
        if (immediate) {
            return Verdict.TAKE;
        }
        int ahead = Bhs.compareSerial(sequenceNumber, expected);
        if (ahead < 0 || Bhs.compareSerial(sequenceNumber, maximum) > 0) {
            return Verdict.IGNORE;
        }
        if (ahead > 0) {
            return Verdict.GAP;
        }
        synchronized (this) {
            unanswered++;
            expected = sequenceNumber + 1;
        }
        return Verdict.TAKE;
    }

    /** A command that was taken has been answered or aborted: the window moves on. */
    public synchronized void answered() {
        unanswered--;
        widen();
    }

    private void widen() {
        int next = expected + size - 1 - unanswered;
        if (Bhs.compareSerial(next, maximum) > 0) {
            maximum = next;
        }
    }

    @Override
    public int expected() {
        return expected;
    }

    @Override
    public int maximum() {
        return maximum;
    }
}
