package org.dbstore.server.admin.json;

import java.io.IOException;
import java.io.Serial;

/** A text is no JSON, or not what was expected; the message names the place. */
public final class JsonFault extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    JsonFault(String message) {
        super(message);
    }

    JsonFault(String message, Throwable cause) {
        super(message, cause);
    }
}
