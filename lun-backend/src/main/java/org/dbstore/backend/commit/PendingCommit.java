package org.dbstore.backend.commit;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume.CommitListener;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.Semaphore;

/** A commit that somebody waits for. */
public final class PendingCommit implements CommitListener {
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore done = new Semaphore(0);
    private volatile @Nullable BackendException failure;

    /** Notes that what changes from now on belongs to later commits. */
    void taken() {
        begun.release();
    }

    @Override
    public void committed(@Nullable BackendException outcome) {
        failure = outcome;
        begun.release();
        done.release();
    }

    /** Waits until nothing that is changed from now on is part of it. */
    void awaitBegin() throws BackendException {
        begun.acquireUninterruptibly();
        check();
    }

    /**
     * Waits until it is durable.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void await() throws BackendException {
        done.acquireUninterruptibly();
        check();
    }

    private void check() throws BackendException {
        BackendException known = failure;
        if (known != null) {
            throw new BackendException(known.error(), String.valueOf(known.getMessage()), known);
        }
    }
}
