package org.dbstore.server.metrics;

import java.util.Locale;

/** How a command can end other than GOOD: a sense key (SPC-4), a status (SAM-5), or no answer. */
public enum Failure {
    NO_SENSE,
    RECOVERED_ERROR,
    NOT_READY,
    MEDIUM_ERROR,
    HARDWARE_ERROR,
    ILLEGAL_REQUEST,
    UNIT_ATTENTION,
    DATA_PROTECT,
    BLANK_CHECK,
    VENDOR_SPECIFIC,
    COPY_ABORTED,
    ABORTED_COMMAND,
    RESERVED,
    VOLUME_OVERFLOW,
    MISCOMPARE,
    COMPLETED,
    BUSY,
    RESERVATION_CONFLICT,
    TASK_SET_FULL,
    /** By task management, or because its session ended. */
    ABORTED;

    private static final Failure[] ALL = values();

    /** How many there are. */
    static final int COUNT = ALL.length;

    private static final int STATUS_BUSY = 0x08;
    private static final int STATUS_CONFLICT = 0x18;
    private static final int STATUS_ABORTED = 0x40;

    /** Where its counters are. */
    @SuppressWarnings("EnumOrdinal") // nothing outlasts the process
    int index() {
        return ordinal();
    }

    /** As labels say it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The failure that a sense key stands for.
     *
     * @param key 0..15
     */
    static Failure ofSenseKey(int key) {
        return ALL[key];
    }

    /** The failure that a status without sense data stands for. */
    static Failure ofStatus(int status) {
        return switch (status) {
            case STATUS_BUSY -> BUSY;
            case STATUS_CONFLICT -> RESERVATION_CONFLICT;
            case STATUS_ABORTED -> ABORTED;
            default -> TASK_SET_FULL;
        };
    }

    static Failure of(int ordinal) {
        return ALL[ordinal];
    }
}
