package org.dbstore.backend;

/** How bad something is that was found on a device. */
public enum Severity {
    /** Nothing is wrong: what an interruption left, and the next writable opening puts right. */
    INFO,
    /** All that is served is right, but a second copy is damaged, or space is lost. */
    WARNING,
    /** Something is lost, or cannot be served. */
    DAMAGE
}
