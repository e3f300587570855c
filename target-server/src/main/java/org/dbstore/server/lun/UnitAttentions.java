package org.dbstore.server.lun;

import org.dbstore.server.reservation.Reservations;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.jspecify.annotations.Nullable;

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
 * <p>Safe for all threads: changes hold the monitor. While nothing is pending for anybody, a
 * command costs one volatile read.
 */
final class UnitAttentions implements Reservations.Unit {
    /**
     * Nexuses remembered, more than there can be sessions. One that is forgotten is not logged in;
     * it sees 29/00 again when it is back.
     */
    static final int NEXUSES_MAX = 8192;

    private static final int RESET_ASC = 0x29;

    /**
     * What is pending, by nexus; the least recently established first. At most one condition of ASC
     * 29h and one of each other code, the order of {@link SenseCode} is the priority.
     */
    private final Map<Nexus, Set<SenseCode>> pending =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Nexus, Set<SenseCode>> eldest) {
                    return size() > NEXUSES_MAX;
                }
            };

    private volatile boolean quiet = true;

    /** A session of this nexus begins. */
    synchronized void established(Nexus nexus) {
        Set<SenseCode> before = pending.remove(nexus);
        Set<SenseCode> conditions = before == null ? new TreeSet<>() : before;
        pending.put(nexus, conditions); // now the most recent
        add(
                conditions,
                before == null ? SenseCode.POWER_ON_OCCURRED : SenseCode.NEXUS_LOSS_OCCURRED);
        quiet = false;
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
        pending.forEach((each, conditions) -> {
            if (whose.test(each)) {
                add(conditions, condition);
            }
        });
        quiet = isNothingPending();
    }

    @Override
    public synchronized void raise(Nexus nexus, SenseCode condition) {
        Set<SenseCode> conditions = pending.get(nexus);
        if (conditions != null) {
            add(conditions, condition);
            quiet = false;
        }
    }

    @Override
    public synchronized List<Nexus> knownNexuses() {
        return List.copyOf(pending.keySet());
    }

    /** The conditions that a nexus has not seen yet, the first to be reported first; a copy. */
    synchronized List<SenseCode> pending(Nexus nexus) {
        return List.copyOf(pending.getOrDefault(nexus, Set.of()));
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
            Set<SenseCode> conditions = pending.get(nexus);
            if (conditions != null) {
                conditions.remove(condition);
                quiet = isNothingPending();
            }
        }
    }

    private synchronized @Nullable SenseCode takeFirst(Nexus nexus) {
        Set<SenseCode> conditions = pending.get(nexus);
        if (conditions == null || conditions.isEmpty()) {
            return null;
        }
        SenseCode first = conditions.iterator().next();
        conditions.remove(first);
        quiet = isNothingPending();
        return first;
    }

    private boolean isNothingPending() {
        return pending.values().stream().allMatch(Set::isEmpty);
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
