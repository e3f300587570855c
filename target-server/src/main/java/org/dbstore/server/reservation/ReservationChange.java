package org.dbstore.server.reservation;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.Status;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A PERSISTENT RESERVE OUT service action worked out on a copy of the state (SPC-4, clauses of the
 * service actions under "Persistent reservations"). Each of them returns why it is refused, in
 * which case the copy is thrown away, or null.
 */
final class ReservationChange {
    /** Registrations of one unit: with the longest names they fit in the 64 KiB kept per volume. */
    static final int REGISTRATIONS_MAX = 128;

    private final Nexus nexus;
    private final Map<Nexus, Long> keys;
    private final Map<Nexus, SenseCode> attentions = new LinkedHashMap<>();
    private final Set<Nexus> removed = new LinkedHashSet<>();
    private int generation;
    private boolean lasting;
    private @Nullable ReservationType type;
    private @Nullable Nexus holder;

    /**
     * Begins a change.
     *
     * @param nexus that sent the command
     */
    ReservationChange(ReservationState before, Nexus nexus) {
        this.nexus = nexus;
        this.keys = new LinkedHashMap<>(before.keys());
        this.generation = before.generation();
        this.lasting = before.lasting();
        this.type = before.type();
        this.holder = before.holder();
    }

    /** The state afterwards. */
    ReservationState result() {
        return new ReservationState(generation, lasting, keys, type, holder);
    }

    /** Unit attentions to raise. */
    Map<Nexus, SenseCode> attentions() {
        return attentions;
    }

    /** Nexuses that were preempted. */
    Set<Nexus> removed() {
        return removed;
    }

    /**
     * REGISTER, REGISTER AND IGNORE EXISTING KEY.
     *
     * @param expected RESERVATION KEY; null = ignored
     * @param key SERVICE ACTION RESERVATION KEY, 0 = unregister
     * @param who the nexuses concerned: the one of the command first
     */
    @Nullable CommandOutcome register(
            @Nullable Long expected, long key, Collection<Nexus> who, boolean aptpl) {
        long present = keys.getOrDefault(nexus, 0L);
        if (expected != null && expected != present) {
            return Status.RESERVATION_CONFLICT;
        }
        if (present == 0 && key == 0) {
            return null; // nothing to unregister is no error
        }
        for (Nexus each : who) {
            if (key == 0) {
                unregister(each);
            } else {
                keys.put(each, key);
            }
        }
        if (keys.size() > REGISTRATIONS_MAX) {
            return Sense.of(SenseCode.INSUFFICIENT_REGISTRATION_RESOURCES);
        }
        lasting = aptpl;
        generation++;
        return null;
    }

    /** RESERVE. */
    @Nullable CommandOutcome reserve(long key, ReservationType wanted) {
        if (!isKeyOf(nexus, key)) {
            return Status.RESERVATION_CONFLICT;
        }
        if (type != null) {
            return isHolder(nexus) && type == wanted ? null : Status.RESERVATION_CONFLICT;
        }
        establish(wanted);
        return null;
    }

    /** RELEASE. */
    @Nullable CommandOutcome release(long key, ReservationType named) {
        if (!isKeyOf(nexus, key)) {
            return Status.RESERVATION_CONFLICT;
        }
        if (type == null || !isHolder(nexus)) {
            return null; // not its own: nothing is released, and that is no error
        }
        if (type != named) {
            return Sense.of(SenseCode.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
        }
        releaseReservation();
        return null;
    }

    /** CLEAR. */
    @Nullable CommandOutcome clear(long key) {
        if (!isKeyOf(nexus, key)) {
            return Status.RESERVATION_CONFLICT;
        }
        type = null;
        holder = null;
        for (Nexus each : keys.keySet()) {
            tell(each, SenseCode.RESERVATIONS_PREEMPTED);
        }
        keys.clear();
        generation++;
        return null;
    }

    /**
     * PREEMPT, and PREEMPT AND ABORT as far as reservations go.
     *
     * @param key RESERVATION KEY
     * @param victim SERVICE ACTION RESERVATION KEY
     * @param wanted type of the reservation that replaces the victim's
     */
    @Nullable CommandOutcome preempt(long key, long victim, ReservationType wanted) {
        if (!isKeyOf(nexus, key)) {
            return Status.RESERVATION_CONFLICT;
        }
        boolean all = type != null && type.heldByAll();
        if (victim == 0 && !all) {
            return Sense.invalidParameter(8);
        }
        boolean preempts =
                type != null && (all ? victim == 0 : holder != null && isKeyOf(holder, victim));
        for (Map.Entry<Nexus, Long> each : keys.entrySet()) {
            if (victim == 0 || each.getValue() == victim) {
                removed.add(each.getKey());
            }
        }
        if (removed.isEmpty()) {
            return Status.RESERVATION_CONFLICT;
        }
        ReservationType before = type;
        for (Nexus each : removed) {
            if (!preempts || !each.equals(nexus)) {
                keys.remove(each);
                tell(each, SenseCode.REGISTRATIONS_PREEMPTED);
            }
        }
        if (preempts) {
            establish(wanted);
            if (before != wanted) {
                tellRegistered(SenseCode.RESERVATIONS_RELEASED);
            }
        } else {
            releaseIfAbandoned();
        }
        generation++;
        return null;
    }

    /**
     * REGISTER AND MOVE.
     *
     * @param key RESERVATION KEY
     * @param newKey SERVICE ACTION RESERVATION KEY, for the new holder
     * @param to the new holder
     * @param unregister UNREG
     */
    @Nullable CommandOutcome move(
            long key, long newKey, Nexus to, boolean unregister, boolean aptpl) {
        if (!isKeyOf(nexus, key)) {
            return Status.RESERVATION_CONFLICT;
        }
        if (type == null) {
            return Sense.invalidCdbField(1, 4); // there is no reservation to move
        }
        if (type.heldByAll() || !isHolder(nexus)) {
            return Status.RESERVATION_CONFLICT;
        }
        if (newKey == 0) {
            return Sense.invalidParameter(8);
        }
        if (to.equals(nexus)) {
            return Sense.invalidParameter(24);
        }
        keys.put(to, newKey);
        if (keys.size() > REGISTRATIONS_MAX) {
            return Sense.of(SenseCode.INSUFFICIENT_REGISTRATION_RESOURCES);
        }
        holder = to;
        if (unregister) {
            keys.remove(nexus);
        }
        lasting = aptpl;
        generation++;
        return null;
    }

    private boolean isKeyOf(Nexus who, long key) {
        Long present = keys.get(who);
        return present != null && present == key;
    }

    private boolean isHolder(Nexus who) {
        return type != null && (type.heldByAll() ? keys.containsKey(who) : who.equals(holder));
    }

    private void establish(ReservationType wanted) {
        type = wanted;
        holder = wanted.heldByAll() ? null : nexus;
    }

    private void unregister(Nexus who) {
        boolean ends = type != null && !type.heldByAll() && who.equals(holder);
        keys.remove(who);
        if (ends) {
            releaseReservation();
        }
        releaseIfAbandoned();
    }

    private void releaseIfAbandoned() {
        if (keys.isEmpty() || (holder != null && !keys.containsKey(holder))) {
            type = null;
            holder = null;
        }
    }

    /** Those who shared it hear of it; who did not was never promised anything. */
    private void releaseReservation() {
        boolean shared = type != null && type.sharesWithRegistered();
        type = null;
        holder = null;
        if (shared) {
            tellRegistered(SenseCode.RESERVATIONS_RELEASED);
        }
    }

    private void tellRegistered(SenseCode condition) {
        for (Nexus each : keys.keySet()) {
            tell(each, condition);
        }
    }

    private void tell(Nexus who, SenseCode condition) {
        if (!who.equals(nexus)) {
            attentions.put(who, condition);
        }
    }
}
