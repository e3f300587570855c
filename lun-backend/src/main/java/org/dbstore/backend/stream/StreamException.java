package org.dbstore.backend.stream;

import java.io.IOException;
import java.io.Serial;

/** A stream is damaged, ends too early, or is not for where it shall go. */
public final class StreamException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is wrong
     */
    public StreamException(String message) {
        super(message);
    }
}
