package org.dbstore.backend;

/**
 * What went wrong in the engine, coarse enough for a caller to act on; the detail is the message.
 *
 * <p>A new constant is justified only when some caller would do something different with it.
 */
public enum BackendError {
    /** No free extent on the device. Retrying helps only after something was deleted. */
    NO_SPACE,
    /** The device returned an I/O error for this request; other requests may still succeed. */
    IO,
    /**
     * The store has failed: a force or a metadata write went wrong, so nothing can be made durable
     * any more. Reads go on; only a restart with recovery clears it.
     */
    FAILED,
    /** Metadata read from the device breaks an invariant; the message says which. */
    CORRUPT,
    /** The file is no Direct Block Store, or of another version or variant. */
    NOT_A_STORE,
    /** The named volume or snapshot does not exist. */
    NOT_FOUND,
    /** The name is taken, or a store is there already. */
    ALREADY_EXISTS,
    /** A name, size, range or option that no state of the store would accept. */
    INVALID,
    /** A table of the layout is full (256 volumes, 65535 snapshots). */
    LIMIT,
    /** Refused in the present state: the device has another owner, the volume is open, ... */
    BUSY,
    /** A write to a snapshot, or to a device opened read-only. */
    READ_ONLY
}
