package org.dbstore.server.iscsi.session;

import org.jspecify.annotations.Nullable;

/** Task attributes (SAM-5, "Task attributes"; ATTR of RFC 7143, section 11.3.1). */
enum TaskAttribute {
    /** In any order with others of its kind; UNTAGGED is the same. */
    SIMPLE,
    /** After every task that came before it, and before every one that comes after it. */
    ORDERED,
    /** At once, and before every task that comes after it. */
    HEAD_OF_QUEUE;

    private static final int MASK = 0x07;

    /**
     * Reads the attribute out of the flags of a SCSI Command PDU.
     *
     * @return null for ACA, which there never is (NORMACA=0), and for reserved values
     */
    static @Nullable TaskAttribute of(int flags) {
        return switch (flags & MASK) {
            case 0, 1 -> SIMPLE;
            case 2 -> ORDERED;
            case 3 -> HEAD_OF_QUEUE;
            default -> null;
        };
    }
}
