package org.dbstore.server.lun;

import org.dbstore.server.reservation.Reservations;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The unit attention conditions of one logical unit (SAM-5, "Unit attention conditions"): each is
 * reported once to each nexus.
 *
 * <p>Safe for all threads: changes hold the monitor. While nothing is pending for anybody who has a
 * session, a command costs one volatile read.
 */
final class UnitAttentions implements Reservations.Unit {
    /**
     * Nexuses remembered whose sessions have ended. One that is forgotten sees 29/00 again when it
     * is back.
     */
    static final int GONE_MAX = 8192;

    private static final int RESET_ASC = 0x29;

    /**
     * What is pending for nexuses that have a session, each as long as it has. At most one
     * condition of ASC 29h and one of each other code, the order of {@link SenseCode} is the
     * priority.
     */
    private final Map<Nexus, Set<SenseCode>> live = new HashMap<>();

    /** The same for those whose session has ended, the longest gone first. */
    private final Map<Nexus, Set<SenseCode>> gone =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Nexus, Set<SenseCode>> eldest) {
                    return size() > GONE_MAX;
                }
            };

    /** True if nothing is pending for those who have a session: others send no commands. */
    private volatile boolean quiet = true;

    /** A session of this nexus begins. */
    synchronized void established(Nexus nexus) {
        Set<SenseCode> before = of(nexus);
        Set<SenseCode> conditions = before == null ? new TreeSet<>() : before;
        gone.remove(nexus);
        live.put(nexus, conditions);
        add(
                conditions,
                before == null ? SenseCode.POWER_ON_OCCURRED : SenseCode.NEXUS_LOSS_OCCURRED);
        quiet = false;
    }

    /** The session of a nexus has ended: what it has not seen waits for its next one. */
    synchronized void lost(Nexus nexus) {
        Set<SenseCode> conditions = live.remove(nexus);
        if (conditions != null) {
            gone.put(nexus, conditions);
            quiet = isNothingPending();
        }
    }

    /** Raises a condition for every nexus known. */
    void raise(SenseCode condition) {
        raise(each -> true, condition);
    }

    /** Raises a condition for every nexus known but one, which caused it. */
    void raiseForOthers(Nexus nexus, SenseCode condition) {
        raise(each -> !each.equals(nexus), condition);
    }

    /** Raises a condition for some of the nexuses known. */
    synchronized void raise(Predicate<Nexus> whose, SenseCode condition) {
        raise(live, whose, condition);
        raise(gone, whose, condition);
        quiet = isNothingPending();
    }

    private static void raise(
            Map<Nexus, Set<SenseCode>> of, Predicate<Nexus> whose, SenseCode condition) {
        of.forEach((each, conditions) -> {
            if (whose.test(each)) {
                add(conditions, condition);
            }
        });
    }

    @Override
    public synchronized void raise(Nexus nexus, SenseCode condition) {
        Set<SenseCode> conditions = of(nexus);
        if (conditions != null) {
            add(conditions, condition);
            quiet = isNothingPending();
        }
    }

    @Override
    public synchronized List<Nexus> knownNexuses() {
        List<Nexus> known = new ArrayList<>(live.keySet());
        known.addAll(gone.keySet());
        return known;
    }

    /** The conditions that a nexus has not seen yet, the first to be reported first; a copy. */
    synchronized List<SenseCode> pending(Nexus nexus) {
        Set<SenseCode> conditions = of(nexus);
        return conditions == null ? List.of() : List.copyOf(conditions);
    }

    /**
     * Takes the condition to report to a nexus.
     *
     * @return null if there is none
     */
    @Nullable SenseCode take(Nexus nexus) {
        return quiet ? null : takeFirst(nexus);
    }

    /** Withdraws a condition that a command has made moot for a nexus. */
    void clear(Nexus nexus, SenseCode condition) {
        if (quiet) {
            return;
        }
        synchronized (this) {
            Set<SenseCode> conditions = live.get(nexus);
            if (conditions != null) {
                conditions.remove(condition);
                quiet = isNothingPending();
            }
        }
    }

    private synchronized @Nullable SenseCode takeFirst(Nexus nexus) {
        Set<SenseCode> conditions = live.get(nexus);
        if (conditions == null || conditions.isEmpty()) {
            return null;
        }
        SenseCode first = conditions.iterator().next();
        conditions.remove(first);
        quiet = isNothingPending();
        return first;
    }

    private boolean isNothingPending() {
        return live.values().stream().allMatch(Set::isEmpty);
    }

    private @Nullable Set<SenseCode> of(Nexus nexus) {
        Set<SenseCode> conditions = live.get(nexus);
        return conditions == null ? gone.get(nexus) : conditions;
    }

    /** Tells whether a command costs no more than a volatile read. */
    boolean isQuiet() {
        return quiet;
    }

    /** Of power on, reset and nexus loss the initiator needs to hear only of the gravest. */
    private static void add(Set<SenseCode> conditions, SenseCode condition) {
        conditions.add(condition);
        if (condition.asc() == RESET_ASC) {
            var resets = conditions.stream().filter(code -> code.asc() == RESET_ASC).toList();
            resets.stream().skip(1).forEach(conditions::remove);
        }
    }
}
