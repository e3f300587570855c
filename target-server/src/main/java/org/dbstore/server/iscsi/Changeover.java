package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.Sessions;
import org.dbstore.server.iscsi.session.TaskBarrier;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.TargetPortGroups;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Takes the open sessions from one offer to the next: those that may stay, and those that end. */
final class Changeover {
    private static final Logger LOG = LogManager.getLogger(Changeover.class);

    /** How long an initiator has to log out by itself. */
    private static final int LOGOUT_SECONDS = 2;

    /** Then, how long its commands may take, all sessions together. */
    private static final long DRAIN_MILLIS = 10_000;

    /** Then, for their answers to be sent. */
    private static final int FLUSH_SECONDS = 3;

    private static final long POLL_MILLIS = 10;

    /**
     * How commands end whose unit is not there any more: as the next one will. For ESXi that is the
     * permanent loss of a device; without an answer it would wait and try again.
     */
    private static final CommandOutcome GONE = Sense.of(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);

    private final Sessions sessions;

    Changeover(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Goes on with the targets as they are now. Units that are not shown any more, or in other
     * blocks, have no command under way when it returns: those there were end with 05/25/00, or
     * with TASK ABORTED where the number leads to something else now.
     *
     * @param staying all of their targets are in the offer
     */
    void adopt(Collection<Session> staying, Offer offer) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        TaskBarrier barrier = new TaskBarrier(ended::countDown);
        for (Session session : staying) {
            IscsiTarget target = offer.targets().get(session.nexus().targetName());
            if (target != null) {
                adopt(session, target, barrier);
            }
        }
        barrier.arrive();
        ended.await();
    }

    private void adopt(Session session, IscsiTarget target, TaskBarrier barrier) {
        LunMap before = session.luns();
        sessions.adopt(session, target);
        LunMap after = session.luns();
        // A command that found its unit in the map before is in the session's task set by now.
        Set<Integer> gone = new HashSet<>();
        Set<Integer> replaced = new HashSet<>();
        for (int number = 0; number <= LunMap.NUMBER_MAX; number++) {
            if (!goesOn(before.unit(number), after.unit(number))) {
                (after.unit(number) == null ? gone : replaced).add(number);
            }
        }
        abort(session, gone, barrier, GONE);
        abort(session, replaced, barrier, CommandOutcome.Status.TASK_ABORTED);
        for (LogicalUnit unit : before.units()) {
            if (after.units().stream().noneMatch(unit::isSame)) {
                barrier.register();
                unit.endBackground(session.nexus()::equals, barrier::arrive);
            }
        }
        tell(session, before, after);
    }

    private static void abort(
            Session session, Set<Integer> luns, TaskBarrier barrier, CommandOutcome answer) {
        if (!luns.isEmpty()) {
            session.abort(task -> luns.contains(LunMap.number(task.lun())), barrier, answer);
        }
    }

    /** True if there was no unit, or commands to it mean the same afterwards. */
    private static boolean goesOn(@Nullable LogicalUnit before, @Nullable LogicalUnit after) {
        return before == null || before == after || (after != null && after.hasSameBlocks(before));
    }

    private static void tell(Session session, LunMap before, LunMap after) {
        Nexus nexus = session.nexus();
        boolean listChanged = false;
        for (int number = 0; number <= LunMap.NUMBER_MAX; number++) {
            LogicalUnit was = before.unit(number);
            LogicalUnit is = after.unit(number);
            listChanged |= (was == null) != (is == null);
            if (was != null && is != null && was != is) {
                listChanged |= !is.isSame(was);
                is.replaces(was, nexus);
            }
        }
        TargetPortGroups groupsBefore = before.portGroups();
        TargetPortGroups groups = after.portGroups();
        if (!groupsBefore.tags().equals(groups.tags())
                || groupsBefore.areSettable() != groups.areSettable()) {
            after.units().forEach(unit -> unit.portsChanged(nexus));
        }
        if (!groupsBefore.hasSameStates(groups)) {
            after.units().forEach(unit -> unit.accessStatesChanged(nexus));
        }
        if (listChanged) {
            // By a unit attention, and by an asynchronous message, on which Linux rescans.
            after.units().forEach(unit -> unit.reportedLunsChanged(nexus));
            session.reportEvent(0, SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
        }
    }

    /**
     * Ends sessions: their initiators are asked to log out; those that do not are cut off when what
     * they have under way is answered. Each step is bounded in time.
     */
    void cut(List<Session> ending) throws InterruptedException {
        ending.forEach(session -> session.requestLogout(LOGOUT_SECONDS));
        awaitEnd(ending, LOGOUT_SECONDS);
        long drained = System.nanoTime() + DRAIN_MILLIS * 1_000_000;
        for (Session session : open(ending)) {
            session.drain(Math.max(1, (drained - System.nanoTime()) / 1_000_000));
        }
        awaitEnd(ending, FLUSH_SECONDS);
        for (Session session : open(ending)) {
            if (!session.end(DRAIN_MILLIS)) {
                LOG.warn("a task of {} still runs", session.nexus().initiatorName());
            }
            sessions.close(session);
        }
    }

    private void awaitEnd(List<Session> ending, int seconds) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!open(ending).isEmpty() && System.nanoTime() - end < 0) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private List<Session> open(List<Session> of) {
        return sessions.all().stream().filter(of::contains).toList();
    }
}
