package org.dbstore.backend.device;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Remembers the first failure after which nothing can be promised any more. There is no way back:
 * only opening the device anew, with recovery, finds out what is really on the medium.
 */
public final class StoreHealth {
    private static final Logger LOG = LogManager.getLogger(StoreHealth.class);

    private record Failure(String message, Throwable cause) {}

    private final String storeName;
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

    /**
     * Creates a healthy state.
     *
     * @param storeName for messages
     */
    public StoreHealth(String storeName) {
        this.storeName = storeName;
    }

    /**
     * Tells whether the store has failed.
     *
     * @return true for ever once it has
     */
    public boolean isFailed() {
        return failure.get() != null;
    }

    /**
     * Refuses to go on after a failure.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void check() throws BackendException {
        Failure present = failure.get();
        if (present != null) {
            throw exception(present);
        }
    }

    /**
     * Fails the store, and logs it if it is the first time.
     *
     * @param what went wrong
     * @param cause why
     * @return to be thrown: of the first failure
     */
    public BackendException fail(String what, Throwable cause) {
        Failure present = new Failure(what, cause);
        Failure earlier = failure.compareAndExchange(null, present);
        if (earlier != null) {
            return exception(earlier);
        }
        LOG.error(
                "{} has failed: {}. Nothing more is written; restart to recover.",
                storeName,
                what,
                cause);
        return exception(present);
    }

    private BackendException exception(Failure present) {
        return new BackendException(
                BackendError.FAILED, storeName + " has failed: " + present.message, present.cause);
    }
}
