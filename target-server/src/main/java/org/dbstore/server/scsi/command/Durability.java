package org.dbstore.server.scsi.command;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommitPace;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiTask;

/** The one place that says when a change may be acknowledged. */
final class Durability {
    private static final Logger LOG = LogManager.getLogger(Durability.class);

    private Durability() {}

    /**
     * Ends a command that changed the medium. WCE=0 or FUA: GOOD means durable. WCE=1: GOOD means
     * that the end of this process is survived, so metadata that the engine has changed and could
     * undo then is committed first all the same.
     *
     * @param uncommitted what the engine said of the change
     * @param forced FUA
     */
    static CommandOutcome afterWrite(
            ScsiTask task, Medium medium, boolean uncommitted, boolean forced) {
        boolean early = medium.isWriteBack() && !uncommitted && !forced;
        return early && isMarkedDirty(medium)
                ? CommandOutcome.Good.GOOD
                : afterCommit(task, medium);
    }

    /** Without the mark nothing may be acknowledged early, so the write waits for the medium. */
    private static boolean isMarkedDirty(Medium medium) {
        try {
            medium.volume().markDirty();
            return true;
        } catch (BackendException e) {
            LOG.warn("{} cannot be marked as dirty: {}", medium.volume().name(), e.getMessage());
            return false;
        }
    }

    /** Ends a command with GOOD once everything written before it is durable. */
    static CommandOutcome afterCommit(ScsiTask task, Medium medium) {
        return afterCommit(task, medium, task.isAlone() && medium.pace().isQuick());
    }

    /** As {@link #afterCommit}, where much may wait to be made durable. */
    static CommandOutcome afterFlush(ScsiTask task, Medium medium) {
        boolean little = !medium.isWriteBack() && medium.pace().isQuick();
        return afterCommit(task, medium, task.isAlone() && little);
    }

    private static CommandOutcome afterCommit(ScsiTask task, Medium medium, boolean waitsHere) {
        task.awaitsCommit();
        CommitPace pace = medium.pace();
        long begin = System.nanoTime();
        if (waitsHere) {
            try {
                medium.volume().flush();
                return CommandOutcome.Good.GOOD;
            } catch (BackendException e) {
                return BackendSense.ofWrite(e);
            } finally {
                pace.took(System.nanoTime() - begin);
            }
        }
        medium.volume()
                .commit(failure -> {
                    pace.took(System.nanoTime() - begin);
                    task.complete(
                            failure == null
                                    ? CommandOutcome.Good.GOOD
                                    : BackendSense.ofWrite(failure));
                });
        return CommandOutcome.Deferred.DEFERRED;
    }
}
