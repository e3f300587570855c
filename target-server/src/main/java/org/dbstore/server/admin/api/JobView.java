package org.dbstore.server.admin.api;

import java.time.Instant;
import java.util.Optional;

/**
 * A long operation.
 *
 * @param id the only one of this run of the server
 * @param kind as "vacuum"
 * @param subject what it works on
 * @param state how far it is
 * @param doneBytes 0..totalBytes
 * @param totalBytes 0 while it is not known
 * @param startedAt when it began
 * @param endedAt when it ended
 * @param result what it did; its shape depends on the kind
 * @param error why it failed
 */
public record JobView(
        long id,
        String kind,
        String subject,
        State state,
        long doneBytes,
        long totalBytes,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Object> result,
        Optional<ApiError> error) {
    /** How far a job is. */
    public enum State {
        /** It works. */
        RUNNING,
        /** It was told to end, and will soon. */
        CANCELLING,
        /** It has done all. */
        DONE,
        /** It failed. */
        FAILED,
        /**
         * It was ended; what it did until then stays, if the operation is one that can be gone on
         * with.
         */
        CANCELLED
    }

    /** Tells whether nothing more will happen. */
    public boolean isOver() {
        return endedAt.isPresent();
    }
}
