package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;

import java.util.BitSet;
import java.util.List;

/**
 * Takes layers off the device that no volume shows and no view uses: all their extents first, then
 * their entries, the marked ones last. A power loss on the way leaves the mark, and opening the
 * device runs this again.
 */
public final class LayerRemoval {
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
        new ExtentRelease(management).freeAll((owner, position) -> owners.get(owner));
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
}
