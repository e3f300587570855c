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

    /** Each is told by its number when there is a flood of it. */
    private static final Flood REFUSED_LOGINS = new Flood();

    private static final Flood REFUSED_ACTIONS = new Flood();

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
        if (!REFUSED_LOGINS.tells("login-refused")) {
            return;
        }
        LOG.warn(
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
        if (REFUSED_ACTIONS.tells("admin-refused")) {
            LOG.warn("admin-refused who={} action={} outcome={}", who, action, outcome);
        }
    }

    /** Lets so many lines of a kind through in a second. Safe for all threads. */
    private static final class Flood {
        private static final int LINES_MAX = 20;
        private static final long SECOND_NANOS = 1_000_000_000L;

        private long secondBegan = System.nanoTime();
        private int told;
        private long untold;

        /** Tells whether one more line is told, and how many before it were not. */
        boolean tells(String verb) {
            long before = 0;
            synchronized (this) {
                long now = System.nanoTime();
                if (now - secondBegan >= SECOND_NANOS) {
                    secondBegan = now;
                    told = 0;
                    before = untold;
                    untold = 0;
                }
                if (told == LINES_MAX) {
                    untold++;
                    return false;
                }
                told++;
            }
            if (before > 0) {
                LOG.warn("{} count={} (not listed one by one)", verb, before);
            }
            return true;
        }
    }
}
