package org.dbstore.backend.volume;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.GroupCommit;

/**
 * A device without a free extent is full only when none is on its way back: what was freed comes
 * back after a commit, and a vacuum holds free extents while it punches them.
 */
public final class SpaceWait {
    private SpaceWait() {}

    /**
     * Work that takes extents.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    public interface Attempt<T> {
        /**
         * Does it, again from its beginning if it is called again.
         *
         * @throws BackendException {@link BackendError#NO_SPACE} having changed nothing
         */
        T run() throws BackendException;
    }

    /**
     * Runs an attempt; as long as it finds no extent although some come back, waits for the next
     * one and runs it again. The caller holds nothing that those need who give extents back.
     *
     * @param <T> what the attempt returns
     * @param commits of the store
     * @param attempt to be run
     * @return what it returned
     * @throws BackendException as the attempt; {@link BackendError#FAILED}
     */
    public static <T> T run(GroupCommit commits, Attempt<T> attempt) throws BackendException {
        while (true) {
            long returned = commits.returnedCount();
            try {
                return attempt.run();
            } catch (BackendException e) {
                if (e.error() != BackendError.NO_SPACE || !commits.awaitReturned(returned)) {
                    throw e;
                }
            }
        }
    }
}
