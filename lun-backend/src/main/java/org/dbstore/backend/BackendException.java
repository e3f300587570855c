package org.dbstore.backend;

import java.io.Serial;

/** The engine refused or failed an operation; {@link #error} says which, the message says where. */
public final class BackendException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final BackendError error;

    /**
     * Creates the exception.
     *
     * @param error the class of failure
     * @param message names the volume, the range and the operation; for humans, not parsed
     * @param cause the exception that led here
     */
    public BackendException(BackendError error, String message, Throwable cause) {
        super(message, cause);
        this.error = error;
    }

    /**
     * Creates the exception without a cause.
     *
     * @param error the class of failure
     * @param message names the volume, the range and the operation; for humans, not parsed
     */
    public BackendException(BackendError error, String message) {
        super(message);
        this.error = error;
    }

    /**
     * Returns the class of failure.
     *
     * @return never null
     */
    public BackendError error() {
        return error;
    }
}
