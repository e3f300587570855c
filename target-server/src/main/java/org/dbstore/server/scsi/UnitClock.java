package org.dbstore.server.scsi;

/** The timestamp of a logical unit (SPC-4, "Timestamps"): the host's clock, until one is set. */
public final class UnitClock {
    private volatile long aheadMillis;
    private volatile boolean set;

    /** Milliseconds since the beginning of 1970. */
    public long millis() {
        return System.currentTimeMillis() + aheadMillis;
    }

    /** Tells whether an initiator has set it. */
    public boolean isSet() {
        return set;
    }

    /**
     * Sets it.
     *
     * @param millis since the beginning of 1970
     */
    public void set(long millis) {
        aheadMillis = millis - System.currentTimeMillis();
        set = true;
    }
}
