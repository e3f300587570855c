package org.dbstore.server.scsi;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

/**
 * The parameters of a logical unit's mode pages that initiators can change: current, default and
 * saved values. Safe for all threads.
 */
public final class ModeSettings {
    private static final int WRITE_BACK = 0x01;
    private static final int DESCRIPTOR_SENSE = 0x02;
    private static final int WRITE_PROTECTED = 0x04;

    private volatile Values defaults;
    private final StateStore store;
    private volatile Values saved;
    private volatile Values current;

    /**
     * Values of the parameters.
     *
     * @param writeBack WCE of the caching page
     * @param descriptorSense D_SENSE of the control page
     * @param writeProtected SWP of the control page
     */
    public record Values(boolean writeBack, boolean descriptorSense, boolean writeProtected) {
        private byte[] encode() {
            return new byte[] {
                (byte)
                        ((writeBack ? WRITE_BACK : 0)
                                | (descriptorSense ? DESCRIPTOR_SENSE : 0)
                                | (writeProtected ? WRITE_PROTECTED : 0))
            };
        }
    }

    /**
     * Takes up the saved values.
     *
     * @param writeBack default of WCE
     * @param store keeps the saved values
     * @throws BackendException if they cannot be read or are damaged
     */
    public ModeSettings(boolean writeBack, StateStore store) throws BackendException {
        this.defaults = new Values(writeBack, false, false);
        this.store = store;
        byte[] kept = store.load();
        if (kept.length > 1) {
            throw new BackendException(BackendError.CORRUPT, "saved mode pages are damaged");
        }
        this.saved = kept.length == 0 ? defaults : decode(kept[0]);
        this.current = saved;
    }

    private static Values decode(int flags) {
        return new Values(
                (flags & WRITE_BACK) != 0,
                (flags & DESCRIPTOR_SENSE) != 0,
                (flags & WRITE_PROTECTED) != 0);
    }

    /** Those in force. */
    public Values current() {
        return current;
    }

    /** Those of the configuration. */
    public Values defaults() {
        return defaults;
    }

    /** Those that will be in force after a restart. */
    public Values saved() {
        return saved;
    }

    /** Tells whether values can be saved. */
    public boolean canSave() {
        return store.isLasting();
    }

    /**
     * Changes the default of WCE, and with it the value in force and the saved one, unless an
     * initiator has saved its own: what holds now is what would hold after a restart.
     *
     * @return true if the value in force is another now
     */
    public synchronized boolean configure(boolean writeBack) throws BackendException {
        defaults = new Values(writeBack, false, false);
        if (store.load().length > 0) {
            return false;
        }
        boolean changes = current.writeBack() != writeBack;
        saved = defaults;
        current = new Values(writeBack, current.descriptorSense(), current.writeProtected());
        return changes;
    }

    /**
     * Changes the values in force.
     *
     * @param save true if they are to outlast the server
     * @throws BackendException if they could not be saved: then nothing has changed
     */
    public synchronized void change(Values values, boolean save) throws BackendException {
        if (save) {
            store.save(values.encode());
            saved = values;
        }
        current = values;
    }
}
