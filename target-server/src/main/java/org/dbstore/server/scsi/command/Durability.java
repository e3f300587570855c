package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiTask;

/** The one place that says when a change may be acknowledged. */
final class Durability {
    private Durability() {}

    /**
     * Ends a command that changed the medium. WCE=0 or FUA: GOOD means durable. WCE=1: GOOD means
     * that the end of this process is survived, so changed metadata is committed first all the
     * same.
     *
     * @param uncommitted what the engine said of the change
     * @param forced FUA
     */
    static CommandOutcome afterWrite(
            ScsiTask task, Medium medium, boolean uncommitted, boolean forced) {
        if (medium.isWriteBack() && !uncommitted && !forced) {
            return CommandOutcome.Good.GOOD;
        }
        return afterCommit(task, medium);
    }

    /** Ends a command with GOOD once everything written before it is durable. */
    static CommandOutcome afterCommit(ScsiTask task, Medium medium) {
        if (task.isAlone()) {
            try {
                medium.volume().flush();
                return CommandOutcome.Good.GOOD;
            } catch (BackendException e) {
                return BackendSense.ofWrite(e);
            }
        }
        medium.volume()
                .commit(failure ->
                        task.complete(
                                failure == null
                                        ? CommandOutcome.Good.GOOD
                                        : BackendSense.ofWrite(failure)));
        return CommandOutcome.Deferred.DEFERRED;
    }
}
