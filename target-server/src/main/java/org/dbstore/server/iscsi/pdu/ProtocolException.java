package org.dbstore.server.iscsi.pdu;

import java.io.Serial;

/** The initiator broke the protocol in a way that costs it the connection. */
public final class ProtocolException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was received, in words; no bytes of the initiator's that could forge a
     *     log line
     */
    public ProtocolException(String message) {
        super(message);
    }
}
