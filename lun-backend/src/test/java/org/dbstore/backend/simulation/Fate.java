package org.dbstore.backend.simulation;

/** Decides what becomes of each operation of a simulated device. */
@FunctionalInterface
interface Fate {
    enum Operation {
        READ,
        WRITE,
        DURABLE_WRITE,
        FORCE,
        PUNCH
    }

    enum Outcome {
        /** As it should. */
        DONE,
        /** As it should, but a durable write is not: it waits for a force as any other. */
        CACHED,
        /** EIO; a write has no effect, a force keeps what was pending from ever being durable. */
        FAILED,
        /** ENOSPC of the file system below. */
        FULL,
        /** EIO after half of the bytes. */
        SHORT,
        /** Confirmed, but a write leaves the old sectors and a force does nothing. */
        LOST,
        /** Confirmed, but written elsewhere. */
        MISDIRECTED,
        /** The power goes while it is under way. */
        POWER_LOSS
    }

    /**
     * Called before each operation, with the device locked.
     *
     * @param operation which
     * @param offset first byte, 0 for a force
     * @param length in bytes, 0 for a force
     * @return what happens
     */
    Outcome of(Operation operation, long offset, long length);
}
