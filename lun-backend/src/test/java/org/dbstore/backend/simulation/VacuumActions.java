package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;

import java.util.List;

/** Compaction: whatever moves, what volumes and snapshots show stays. */
final class VacuumActions {
    static final List<Action.Weighted> ALL =
            List.of(new Action.Weighted("vacuum", 2, VacuumActions::vacuum));

    private VacuumActions() {}

    static void vacuum(Workload workload) throws BackendException {
        int batches = workload.random().nextInt(3);
        boolean cancelled = workload.random().nextInt(4) == 0;
        int[] asked = new int[1];
        workload.model().begin();
        boolean done =
                workload.manage(() ->
                        workload.store()
                                .vacuum(
                                        ProgressListener.NONE,
                                        () -> cancelled && asked[0]++ > batches));
        if (done && !cancelled) {
            workload.model().flushed();
        }
    }
}
