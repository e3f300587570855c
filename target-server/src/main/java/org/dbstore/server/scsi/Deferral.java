package org.dbstore.server.scsi;

import org.dbstore.backend.BackendException;

/** Where a command goes on when it has to wait for the medium. */
@FunctionalInterface
public interface Deferral {
    /** The part of a command that waits. */
    @FunctionalInterface
    interface Step {
        /**
         * Runs it.
         *
         * @return how the command ended
         * @throws BackendException when the engine failed
         */
        CommandOutcome run() throws BackendException;
    }

    /**
     * Has a step run in a thread that may wait, and the task completed with its outcome.
     *
     * @param task the command
     * @param step its rest
     * @return what the handler returns: {@link CommandOutcome.Deferred}, or TASK SET FULL if too
     *     much waits already
     */
    CommandOutcome later(ScsiTask task, Step step);
}
