package org.dbstore.server.admin;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.api.JobView.State;
import org.dbstore.server.admin.http.Refusal;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** A long operation under way, or what became of it. Safe for all threads. */
public final class Job implements ProgressListener {
    private static final Logger LOG = LogManager.getLogger(Job.class);

    private final long id;
    private final String kind;
    private final String subject;
    private final Instant startedAt = Instant.now();

    private State state = State.RUNNING;
    private long doneBytes;
    private long totalBytes;
    private Optional<Instant> endedAt = Optional.empty();
    private Optional<Object> result = Optional.empty();
    private Optional<ApiError> error = Optional.empty();

    Job(long id, String kind, String subject) {
        this.id = id;
        this.kind = kind;
        this.subject = subject;
    }

    long id() {
        return id;
    }

    /** Tells whether it shall end soon. */
    public synchronized boolean isCancelled() {
        return state == State.CANCELLING;
    }

    /**
     * Notes how far it has come.
     *
     * @throws CancellationException if it shall end
     */
    @Override
    public synchronized void progress(long done, long total) {
        note(done, total);
        if (isCancelled()) {
            throw new CancellationException("job " + id + " was cancelled");
        }
    }

    /** As {@link #progress}, for operations that ask {@link #isCancelled} themselves. */
    public synchronized void note(long done, long total) {
        doneBytes = done;
        totalBytes = total;
    }

    synchronized void cancel() {
        if (state == State.RUNNING) {
            state = State.CANCELLING;
        }
    }

    void run(Jobs.Work work) {
        if (isCancelled()) {
            end(State.CANCELLED, Optional.empty(), Optional.empty());
            return;
        }
        try {
            Object done = work.run(this);
            end(isCancelled() ? State.CANCELLED : State.DONE, Optional.of(done), Optional.empty());
        } catch (CancellationException e) {
            end(State.CANCELLED, Optional.empty(), Optional.empty());
        } catch (BackendException e) {
            LOG.error("job {}, {} of {}: {}", id, kind, subject, e.getMessage());
            end(State.FAILED, Optional.empty(), Optional.of(Refusal.error(e)));
        } catch (RuntimeException e) {
            LOG.error("job {}, {} of {}", id, kind, subject, e);
            ApiError defect =
                    new ApiError(
                            ApiError.INTERNAL,
                            "the server has a defect: " + e,
                            "report it with the server's log");
            end(State.FAILED, Optional.empty(), Optional.of(defect));
        }
    }

    private synchronized void end(
            State last, Optional<Object> outcome, Optional<ApiError> failure) {
        state = last;
        result = outcome;
        error = failure;
        endedAt = Optional.of(Instant.now());
    }

    synchronized JobView view() {
        return new JobView(
                id, kind, subject, state, doneBytes, totalBytes, startedAt, endedAt, result, error);
    }
}
