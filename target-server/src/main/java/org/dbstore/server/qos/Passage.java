package org.dbstore.server.qos;

import java.util.ArrayList;
import java.util.List;

/**
 * The way of one command through the limits that hold for it, one after the other: its LUN's, then
 * its initiator's.
 */
public final class Passage implements Throttle.Waiter {
    private final List<Throttle> gates = new ArrayList<>();
    private final Object flow;
    private final boolean urgent;
    private final long bytes;
    private final Runnable whenPassed;

    /** The gate it is at; belongs to whoever has it pass. */
    private int gate;

    private volatile boolean wanted = true;

    /**
     * Plans the way.
     *
     * @param limits that hold, in this order
     * @param flow whose queue it stands in: its session and LUN
     * @param urgent true to stand before all others
     * @param bytes of data
     * @param whenPassed runs at the end of the way, unless {@link #tryPass} got there
     */
    public Passage(
            List<Limits> limits, Object flow, boolean urgent, long bytes, Runnable whenPassed) {
        for (Limits each : limits) {
            if (each.areSet()) {
                gates.add(each.throttle());
            }
        }
        this.flow = flow;
        this.urgent = urgent;
        this.bytes = bytes;
        this.whenPassed = whenPassed;
    }

    /**
     * Goes as far as it can without waiting.
     *
     * @return true if that was all the way; else {@link #await} goes on
     */
    public boolean tryPass() {
        while (gate < gates.size()) {
            if (!gates.get(gate).tryPass(bytes)) {
                return false;
            }
            gate++;
        }
        return true;
    }

    /** Goes the rest of the way, however long it takes. Returns at once. */
    public void await() {
        gates.get(gate).enter(this);
    }

    /** The command was aborted: it waits no longer. */
    public void giveUp() {
        wanted = false;
        gates.forEach(each -> each.leave(this));
    }

    @Override
    public Object flow() {
        return flow;
    }

    @Override
    public boolean isUrgent() {
        return urgent;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isWanted() {
        return wanted;
    }

    @Override
    public void pass() {
        gate++;
        if (gate < gates.size()) {
            gates.get(gate).enter(this);
        } else {
            whenPassed.run();
        }
    }
}
