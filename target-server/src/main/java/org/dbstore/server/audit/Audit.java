package org.dbstore.server.audit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The audit log: logger {@value #LOGGER}, one line per event, {@code key=value} behind a verb.
 * Secrets and tokens are never told; what comes from a peer is told as it came, and the layout
 * takes line breaks out of it. Safe for all threads.
 */
public final class Audit {
    /** Name of the logger. */
    public static final String LOGGER = "org.dbstore.audit";

    private static final Logger LOG = LogManager.getLogger(LOGGER);

    private static final LineLimit REFUSED_LOGINS =
            new LineLimit("login-refused count={} (not listed one by one)");
    private static final LineLimit REFUSED_ACTIONS =
            new LineLimit("admin-refused count={} (not listed one by one)");

    private Audit() {}

    /**
     * An initiator has logged in.
     *
     * @param target iSCSI name; "discovery" for a discovery session
     * @param user CHAP user; empty = without authentication
     */
    public static void login(String initiator, String address, String target, String user) {
        LOG.info(
                "login initiator={} address={} target={} user={}",
                initiator,
                address,
                target,
                user.isEmpty() ? "-" : user);
    }

    /**
     * A login was refused.
     *
     * @param initiator as far as it has said who it is; may be empty
     * @param target as far as it has said; may be empty
     * @param reason without what the peer has sent
     */
    public static void refusedLogin(
            String initiator, String address, String target, String reason) {
        REFUSED_LOGINS.warn(
                LOG,
                System.nanoTime(),
                "login-refused initiator={} address={} target={} reason={}",
                initiator.isEmpty() ? "-" : initiator,
                address,
                target.isEmpty() ? "-" : target,
                reason);
    }

    /** A session has ended. */
    public static void logout(String initiator, String address, String target) {
        LOG.info("session-ended initiator={} address={} target={}", initiator, address, target);
    }

    /**
     * Somebody administers.
     *
     * @param who where the request came from
     * @param action what was asked for, without secrets
     * @param outcome "ok", or why not
     */
    public static void action(String who, String action, String outcome) {
        LOG.info("admin who={} action={} outcome={}", who, action, outcome);
    }

    /**
     * Somebody without the token wanted to administer.
     *
     * @param who where the request came from
     * @param action what was asked for
     * @param outcome why not
     */
    public static void refusedAction(String who, String action, String outcome) {
        REFUSED_ACTIONS.warn(
                LOG,
                System.nanoTime(),
                "admin-refused who={} action={} outcome={}",
                who,
                action,
                outcome);
    }
}
