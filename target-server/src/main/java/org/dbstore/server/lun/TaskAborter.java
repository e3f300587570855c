package org.dbstore.server.lun;

import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiTask;

import java.util.Set;

/** What the transport does for PREEMPT AND ABORT: it alone knows the tasks. */
@FunctionalInterface
public interface TaskAborter {
    /**
     * Aborts the tasks that nexuses have for a unit.
     *
     * @param unit for which
     * @param nexuses whose
     * @param except the command that asks for it
     * @param whenAborted runs once none of them can change anything any more, from any thread
     */
    void abort(LogicalUnit unit, Set<Nexus> nexuses, ScsiTask except, Runnable whenAborted);
}
