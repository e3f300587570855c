package org.dbstore.server.iscsi.session;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.iscsi.session.SessionRefused.Reason;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.Nexus;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** The normal sessions of the server, at most one for each I_T nexus. */
public final class Sessions {
    /** Most sessions at once. */
    public static final int COUNT_MAX = 4096;

    private static final Logger LOG = LogManager.getLogger(Sessions.class);

    /** How long a new session waits for the tasks of the one that it replaces. */
    private static final long REINSTATEMENT_MILLIS = 10_000;

    private final Map<Nexus, Session> byNexus = new HashMap<>();
    private int lastHandle;

    /**
     * Opens a session. A session of the same nexus that is still open is ended first (RFC 7143,
     * section 6.3.5, session reinstatement), and all of its tasks with it: none of them changes
     * anything after this method has returned.
     *
     * @param nexus who logs in
     * @param userName by which CHAP user; empty = without authentication
     * @param targetMax most sessions of the target
     * @param create makes the session, given its TSIH
     */
    public Session open(Nexus nexus, String userName, int targetMax, IntFunction<Session> create)
            throws SessionRefused, InterruptedException {
        while (true) {
            Session old;
            synchronized (this) {
                old = byNexus.get(nexus);
                if (old == null) {
                    if (byNexus.size() >= COUNT_MAX || ofTarget(nexus.targetName()) >= targetMax) {
                        throw new SessionRefused(
                                Reason.TOO_MANY, "too many sessions of " + nexus.targetName());
                    }
                    Session session = create.apply(nextHandle());
                    byNexus.put(nexus, session);
                    return session;
                }
            }
            if (!old.userName().equals(userName)) {
                throw new SessionRefused(
                        Reason.NOT_THEIRS,
                        nexus.initiatorName() + " has a session of another CHAP user");
            }
            LOG.info(
                    "session reinstatement: {} logs in to {} again",
                    nexus.initiatorName(),
                    nexus.targetName());
            if (!old.end(REINSTATEMENT_MILLIS) || !endBackground(old)) {
                throw new SessionRefused(
                        Reason.STILL_BUSY,
                        "the old session of " + nexus.initiatorName() + " still has running tasks");
            }
            close(old);
        }
    }

    /** What goes on for a session after its commands were answered changes nothing any more. */
    private static boolean endBackground(Session session) throws InterruptedException {
        List<LogicalUnit> units = List.copyOf(session.luns().units());
        CountDownLatch ended = new CountDownLatch(units.size());
        units.forEach(unit -> unit.endBackground(session.nexus()::equals, ended::countDown));
        return ended.await(REINSTATEMENT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private long ofTarget(String targetName) {
        return byNexus.keySet().stream()
                .filter(nexus -> nexus.targetName().equals(targetName))
                .count();
    }

    /**
     * Tells the units that a session sees that it has begun; not if it is closed by now, as nobody
     * would tell them of its end.
     */
    public synchronized void establish(Session session) {
        if (byNexus.get(session.nexus()) == session) {
            session.luns().units().forEach(unit -> unit.nexusEstablished(session.nexus()));
        }
    }

    /**
     * Has a session go on with its target as it is now, and tells the units that it sees no more,
     * or from now on; not if it is closed by now.
     */
    public synchronized void adopt(Session session, IscsiTarget target) {
        LunMap before = session.luns();
        session.adopt(target);
        LunMap after = session.luns();
        if (byNexus.get(session.nexus()) == session) {
            unitsOnlyIn(before, after).forEach(unit -> unit.nexusLost(session.nexus()));
            unitsOnlyIn(after, before).forEach(unit -> unit.nexusEstablished(session.nexus()));
        }
    }

    private static List<LogicalUnit> unitsOnlyIn(LunMap luns, LunMap others) {
        return luns.units().stream()
                .filter(unit -> others.units().stream().noneMatch(unit::isSame))
                .toList();
    }

    /** Forgets a session whose connection is gone, or that another replaces. */
    public synchronized void close(Session session) {
        if (byNexus.remove(session.nexus(), session)) {
            session.luns().units().forEach(unit -> unit.nexusLost(session.nexus()));
        }
    }

    /** Tells whether a session with that TSIH is open. */
    public synchronized boolean has(int handle) {
        return byNexus.values().stream().anyMatch(session -> session.handle() == handle);
    }

    /** Finds a session by its TSIH. */
    public synchronized Optional<Session> find(int handle) {
        return byNexus.values().stream().filter(session -> session.handle() == handle).findFirst();
    }

    /** The sessions open now. */
    public synchronized Collection<Session> all() {
        return List.copyOf(byNexus.values());
    }

    private int nextHandle() {
        do {
            lastHandle = lastHandle == 0xffff ? 1 : lastHandle + 1;
        } while (has(lastHandle));
        return lastHandle;
    }
}
