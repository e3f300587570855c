package org.dbstore.server.iscsi.session;

import java.io.Serial;

/** A session that is not opened. */
public final class SessionRefused extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** As many are open as may be. */
        TOO_MANY,
        /** It would replace the session of another CHAP user. */
        NOT_THEIRS,
        /** The session that it would replace still has tasks. */
        STILL_BUSY
    }

    private final Reason reason;

    SessionRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
