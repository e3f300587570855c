package org.dbstore.server.reservation;

import org.dbstore.server.scsi.Nexus;
import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Registrations and the persistent reservation of a logical unit at one moment. Immutable.
 *
 * @param generation PRGENERATION
 * @param lasting APTPL: kept when the target ends
 * @param keys reservation key of each registered nexus, in order of registration
 * @param type null if there is no reservation
 * @param holder null if there is no reservation, or one that all registrants hold
 */
record ReservationState(
        int generation,
        boolean lasting,
        Map<Nexus, Long> keys,
        @Nullable ReservationType type,
        @Nullable Nexus holder) {
    /** As it is at first. */
    static final ReservationState NONE = new ReservationState(0, false, Map.of(), null, null);

    ReservationState {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    /** Tells whether a nexus is a reservation holder. */
    boolean isHeldBy(Nexus nexus) {
        return type != null && (type.heldByAll() ? keys.containsKey(nexus) : nexus.equals(holder));
    }

    /** The key of the reservation for READ RESERVATION: 0 if all registrants hold it. */
    long holdersKey() {
        return holder == null ? 0 : keys.getOrDefault(holder, 0L);
    }
}
