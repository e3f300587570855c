package org.dbstore.backend.recovery;

/** Why a device is opened, which decides what happens where its metadata contradicts itself. */
public enum Purpose {
    /** What nobody can decide is refused. */
    USE,
    /** Nothing is refused that can be read; every copy is looked at. Read-only. */
    CHECK,
    /** As {@link #USE}, but every copy is looked at, and made anew if it is damaged. */
    REPAIR,
    /** As {@link #REPAIR}, and where home and mirror differ the mirror is right. */
    REPAIR_FROM_MIRROR,
    /** As {@link #REPAIR}, and where nobody can decide the home is right. */
    REPAIR_KEEPING_DEVICE
}
