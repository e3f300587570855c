package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;

import java.util.List;
import java.util.UUID;

/** The dirty marks of all volumes, at a clean close and after a loss. */
public final class DirtyMarks {
    private final Management management;

    /**
     * Creates the access.
     *
     * @param management of the store
     */
    public DirtyMarks(Management management) {
        this.management = management;
    }

    /**
     * Clears them at a clean close, once what was acknowledged is durable.
     *
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}
     */
    public void clear() throws BackendException {
        management.lockedDo(() -> {
            List<VolumeRecord> marked =
                    management.directory().volumes().stream().filter(this::isMarked).toList();
            if (marked.isEmpty()) {
                return;
            }
            // By itself: the record of one commit may be durable before the data it goes with.
            management.parts().commits().flushByCommitter();
            Transaction clearing = new Transaction();
            for (VolumeRecord volume : marked) {
                management.catalogue().clearDirtyMark(clearing, volume.slot());
            }
            management.commit(clearing);
            marked.forEach(volume -> volume.setDirty(false));
        });
    }

    /**
     * Has those that something was lost of tell so until the next clean close, as after the end of
     * the system.
     *
     * @param run of the system that counts as over
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}
     */
    public void keep(UUID run) throws BackendException {
        management.lockedDo(() -> {
            Transaction keeping = new Transaction();
            for (VolumeRecord volume : management.directory().volumes()) {
                if (volume.wasDirtyAtCrash()) {
                    management.catalogue().putDirtyMark(keeping, volume.slot(), run);
                }
            }
            management.commit(keeping);
        });
    }

    private boolean isMarked(VolumeRecord volume) {
        return volume.isDirty() || volume.wasDirtyAtCrash();
    }
}
