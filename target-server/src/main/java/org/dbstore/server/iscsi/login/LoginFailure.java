package org.dbstore.server.iscsi.login;

import java.io.Serial;
import java.util.List;

/** A login that is refused. */
public final class LoginFailure extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final LoginStatus status;
    private final transient List<String> answers;

    /**
     * Creates the exception.
     *
     * @param status to be told to the initiator
     * @param message for the log
     */
    public LoginFailure(LoginStatus status, String message) {
        this(status, message, List.of());
    }

    /**
     * Creates the exception.
     *
     * @param answers key=value pairs that go with the status
     */
    public LoginFailure(LoginStatus status, String message, List<String> answers) {
        super(message);
        this.status = status;
        this.answers = List.copyOf(answers);
    }

    List<String> answers() {
        return answers;
    }

    public LoginStatus status() {
        return status;
    }
}
