package org.dbstore.server.scsi;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

/** Keeps what it is given, or fails. */
public final class MemoryStore implements StateStore {
    public byte[] kept = {};
    public boolean fails;

    /** Puts something there, behind the back of everybody. */
    public void keep(byte[] state) {
        kept = state.clone();
    }

    @Override
    public boolean isLasting() {
        return true;
    }

    @Override
    public byte[] load() {
        return kept.clone();
    }

    @Override
    public void save(byte[] state) throws BackendException {
        if (fails) {
            throw new BackendException(BackendError.IO, "for this test");
        }
        kept = state.clone();
    }
}
