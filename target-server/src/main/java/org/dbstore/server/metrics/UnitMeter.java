package org.dbstore.server.metrics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the commands of one LUN, from whatever session. The first sessions that use it get
 * counters of their own, which cost least to write; all others share some.
 */
public final class UnitMeter {
    /** Most sessions with counters of their own at a time. */
    private static final int OWNERS_MAX = 8;

    private final Labels labels;
    private final List<Tally> all = new ArrayList<>(); // guarded by this
    private final ArrayDeque<Tally> free = new ArrayDeque<>(); // guarded by this
    private final Tally shared = new Tally(true, true);

    /**
     * What a LUN is called.
     *
     * @param target iSCSI name
     * @param lun its number in the target's own map
     * @param device by the configuration
     * @param volume its name
     * @param snapshot its name; empty for the volume itself
     */
    public record Labels(String target, int lun, String device, String volume, String snapshot) {}

    /** Begins to count. */
    UnitMeter(Labels labels) {
        this.labels = labels;
    }

    /** What the LUN is called. */
    public Labels labels() {
        return labels;
    }

    /** All that was counted, as it stands. */
    public synchronized Tally total() {
        List<Tally> present = new ArrayList<>(all);
        present.add(shared);
        return Tally.sum(true, present);
    }

    /** Counters for a session, of its own if there are still some; to be given back. */
    synchronized Tally claim() {
        Tally known = free.pollLast();
        if (known != null) {
            return known;
        }
        if (all.size() == OWNERS_MAX) {
            return shared;
        }
        Tally created = new Tally(false, true);
        all.add(created);
        return created;
    }

    /** A session writes to its counters no more; what they hold goes on counting. */
    synchronized void giveBack(Tally tally) {
        if (tally != shared) {
            free.addLast(tally);
        }
    }

    /** Counters to which everybody may write. */
    Tally shared() {
        return shared;
    }
}
