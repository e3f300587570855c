package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;

import java.util.List;

/** The dirty marks of all volumes at a clean close: everything is durable, so they go. */
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
     * Clears them, once what was acknowledged is durable.
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

    private boolean isMarked(VolumeRecord volume) {
        return volume.isDirty() || volume.wasDirtyAtCrash();
    }
}
