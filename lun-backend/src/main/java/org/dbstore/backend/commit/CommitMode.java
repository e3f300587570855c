package org.dbstore.backend.commit;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.extent.ExtentChanges;

import java.util.List;

/** How metadata becomes durable. Belongs to the leader of the commit. */
interface CommitMode {
    /**
     * Makes all data written so far durable, the changes that rest on it, and what follows them.
     *
     * @param changes entries to write
     * @param transactions what follows them, in this order
     * @throws BackendException {@link BackendError#FAILED}
     */
    void run(ExtentChanges changes, List<Transaction> transactions) throws BackendException;

    /**
     * Leaves the device to other readers: everything is at home afterwards. Nothing may follow.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    void close() throws BackendException;

    /**
     * Returns AllocatedDeviceExtents.
     *
     * @return index of the first entry that was never used
     */
    long highWater();

    /**
     * Adds up what was written to the journal; from any thread.
     *
     * @return bytes; 0 without a journal
     */
    default long journalBytes() {
        return 0;
    }

    /**
     * Tells how full the half of the journal is that is being written; from any thread.
     *
     * @return 0..1; 0 without a journal
     */
    default double journalUse() {
        return 0;
    }
}
