package org.dbstore.backend;

/** What making a volume smaller may cost. */
public enum Shrink {
    /** It only grows. */
    REFUSED,
    /** It may become smaller where nothing is mapped beyond the new end. */
    UNMAPPED_ONLY,
    /** What lies beyond the new end is lost; snapshots keep it. */
    DISCARD
}
