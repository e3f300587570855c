package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.api.ApiError;

import java.io.IOException;
import java.io.Serial;

/** A server refused or failed a request, or was not reached; {@link #error} has the remedy. */
public final class ServerFailure extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    /**
     * Creates the failure from an answer.
     *
     * @param error what the server said
     */
    public ServerFailure(ApiError error) {
        super(error.message());
        this.error = error;
    }

    /**
     * Creates the failure of a connection.
     *
     * @param error what is known
     * @param cause what happened
     */
    public ServerFailure(ApiError error, IOException cause) {
        super(error.message(), cause);
        this.error = error;
    }

    /** What the server said, or what is to be said of its silence. */
    public ApiError error() {
        return error;
    }

    /** The same for who asked a device: it need not know that there is a server. */
    BackendException asBackendException() {
        return new BackendException(
                error.backendError().orElse(BackendError.IO), error.message(), this);
    }
}
