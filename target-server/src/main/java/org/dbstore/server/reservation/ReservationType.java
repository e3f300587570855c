package org.dbstore.server.reservation;

import org.jspecify.annotations.Nullable;

/** The types of persistent reservation (SPC-4, "Persistent reservations TYPE field"). */
enum ReservationType {
    WRITE_EXCLUSIVE(0x1, true, false, false),
    EXCLUSIVE_ACCESS(0x3, false, false, false),
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY(0x5, true, true, false),
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(0x6, false, true, false),
    WRITE_EXCLUSIVE_ALL_REGISTRANTS(0x7, true, true, true),
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS(0x8, false, true, true);

    private final int code;
    private final boolean sharesReads;
    private final boolean sharesWithRegistered;
    private final boolean heldByAll;

    ReservationType(
            int code, boolean sharesReads, boolean sharesWithRegistered, boolean heldByAll) {
        this.code = code;
        this.sharesReads = sharesReads;
        this.sharesWithRegistered = sharesWithRegistered;
        this.heldByAll = heldByAll;
    }

    /**
     * Finds a type.
     *
     * @param code TYPE, 4 bits
     * @return null if it is reserved or obsolete
     */
    static @Nullable ReservationType of(int code) {
        for (ReservationType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }

    /** TYPE, 4 bits. */
    int code() {
        return code;
    }

    /** True if everybody may read. */
    boolean sharesReads() {
        return sharesReads;
    }

    /** True if every registered nexus may read and write. */
    boolean sharesWithRegistered() {
        return sharesWithRegistered;
    }

    /** True if every registered nexus is a holder. */
    boolean heldByAll() {
        return heldByAll;
    }
}
