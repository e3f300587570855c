package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentTable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Takes layers off the device that no volume shows and no view uses: all their extents first, then
 * their entries, the marked ones last. A power loss on the way leaves the mark, and opening the
 * device runs this again.
 */
public final class LayerRemoval {
    /** Extents freed by one commit; others may commit in between. */
    private static final int EXTENTS_PER_COMMIT = 4096;

    private final Management management;

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public LayerRemoval(Management management) {
        this.management = management;
    }

    /**
     * Runs it. The caller does not hold the management lock.
     *
     * @param markedIds layers that carry the mark
     * @param otherIds layers that go with them
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}
     */
    public void run(List<Integer> markedIds, List<Integer> otherIds) throws BackendException {
        BitSet owners = new BitSet();
        markedIds.forEach(owners::set);
        otherIds.forEach(owners::set);
        freeExtents(owners);
        management.lockedDo(() -> {
            Transaction removal = new Transaction();
            owners.stream().forEach(id -> management.catalogue().removeSnapshot(removal, id));
            Tables.clearSnapshots(removal, otherIds);
            removal.barrier();
            Tables.clearSnapshots(removal, markedIds);
            management.commit(removal);
            otherIds.forEach(management.directory()::removeLayer);
            markedIds.forEach(management.directory()::removeLayer);
        });
    }

    private void freeExtents(BitSet owners) throws BackendException {
        ExtentTable table = management.parts().table();
        List<Integer> extents = new ArrayList<>();
        table.scan((extent, owner, position) -> {
            if (owners.get(owner)) {
                extents.add(extent);
            }
        });
        int pending = 0;
        for (int extent : extents) {
            table.free(extent);
            pending++;
            if (pending == EXTENTS_PER_COMMIT) {
                management.parts().commits().flush();
                pending = 0;
            }
        }
        management.parts().commits().flush();
    }
}
