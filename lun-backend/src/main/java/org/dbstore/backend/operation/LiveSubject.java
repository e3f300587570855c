package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.volume.Subject;

import java.util.UUID;

/** A volume as its view sees it. */
record LiveSubject(Management management, VolumeRecord volume) implements Subject {
    @Override
    public String name() {
        return volume.title();
    }

    @Override
    public UUID uuid() {
        return volume.facts().uuid();
    }

    @Override
    public boolean wasDirtyAtCrash() {
        return volume.wasDirtyAtCrash();
    }

    @Override
    public void markDirty() throws BackendException {
        if (!volume.isDirty()) {
            management.lockedDo(this::mark);
        }
    }

    private void mark() throws BackendException {
        if (!volume.isDirty()) {
            if (management.catalogue().ensure()) {
                Transaction marking = new Transaction();
                new Records(management).keep(marking, volume);
                management
                        .catalogue()
                        .putDirtyMark(marking, volume.slot(), management.parts().bootId());
                management.commit(marking);
            }
            volume.setDirty(true);
        }
    }
}
