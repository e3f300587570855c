package org.dbstore.server.iscsi.login;

import java.io.Serial;

/** A login that is refused. */
public final class LoginFailure extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final LoginStatus status;

    /**
     * Creates the exception.
     *
     * @param status to be told to the initiator
     * @param message for the log
     */
    public LoginFailure(LoginStatus status, String message) {
        super(message);
        this.status = status;
    }

    public LoginStatus status() {
        return status;
    }
}
