package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.jscsi.JscsiPdus.TaskManagementAnswer;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.Sessions;
import org.dbstore.server.iscsi.session.Task;
import org.dbstore.server.iscsi.session.TaskBarrier;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Task management functions (RFC 7143, section 11.5; RFC 7144, section 6). An answer is given only
 * when every task concerned has ended and changes nothing any more.
 */
final class TaskManagement {
    private static final int DEPTH_ONE = 0x10;
    private static final int DEPTH_MORE = 0x20;

    private final Sessions sessions;

    TaskManagement(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A request.
     *
     * @param function null if the code is unknown
     * @param lun as on the wire
     * @param referencedTag of the task to abort
     */
    record Request(@Nullable TaskManagementFunction function, long lun, int referencedTag) {}

    /**
     * An answer.
     *
     * @param additional Additional Response Information, 24 bits
     */
    record Reply(TaskManagementAnswer answer, int additional) {}

    /**
     * Executes a function.
     *
     * @param session that sent it
     * @param whenDone gets the answer, now or later and then from another thread
     */
    void execute(Session session, Request request, Consumer<Reply> whenDone) {
        TaskManagementFunction function = request.function();
        Consumer<TaskManagementAnswer> answer = code -> whenDone.accept(new Reply(code, 0));
        if (function == null) {
            answer.accept(TaskManagementAnswer.REJECTED);
            return;
        }
        if (!function.isKnownAt(session.parameters().protocolLevel())) {
            answer.accept(TaskManagementAnswer.NOT_SUPPORTED);
            return;
        }
        switch (function) {
            case ABORT_TASK -> abortTask(session, request, answer);
            case QUERY_TASK ->
                    answer.accept(
                            found(
                                    session.hasTask(task ->
                                            task.tag() == request.referencedTag()
                                                    && task.lun() == request.lun())));
            case TARGET_WARM_RESET -> resetTarget(session, false, answer);
            case TARGET_COLD_RESET -> resetTarget(session, true, answer);
            case NEXUS_RESET -> resetNexus(session, answer);
            case TASK_REASSIGN -> answer.accept(TaskManagementAnswer.NO_REASSIGNMENT);
            case ABORT_TASK_SET,
                    CLEAR_ACA,
                    CLEAR_TASK_SET,
                    LOGICAL_UNIT_RESET,
                    QUERY_TASK_SET,
                    QUERY_ASYNCHRONOUS_EVENT -> {
                LogicalUnit unit = session.luns().find(request.lun());
                if (unit == null) {
                    answer.accept(TaskManagementAnswer.NO_SUCH_LUN);
                } else {
                    executeAt(unit, session, function, whenDone);
                }
            }
        }
    }

    private void executeAt(
            LogicalUnit unit,
            Session session,
            TaskManagementFunction function,
            Consumer<Reply> whenDone) {
        Consumer<TaskManagementAnswer> answer = code -> whenDone.accept(new Reply(code, 0));
        switch (function) {
            // TST=001b: each nexus has a task set of its own (SAM-5, "CLEAR TASK SET").
            case ABORT_TASK_SET, CLEAR_TASK_SET ->
                    abort(
                            List.of(session),
                            task -> isFor(session, task, unit),
                            () -> answer.accept(TaskManagementAnswer.COMPLETE));
            case LOGICAL_UNIT_RESET -> reset(unit, session, answer);
            case QUERY_TASK_SET ->
                    answer.accept(found(session.hasTask(task -> isFor(session, task, unit))));
            case QUERY_ASYNCHRONOUS_EVENT -> whenDone.accept(pendingEvent(unit, session.nexus()));
            // NORMACA is 0: no command here ever ends in ACA.
            default -> answer.accept(TaskManagementAnswer.NOT_SUPPORTED);
        }
    }

    private static TaskManagementAnswer found(boolean any) {
        return any ? TaskManagementAnswer.SUCCEEDED : TaskManagementAnswer.COMPLETE;
    }

    /**
     * A task that has been answered does not exist, even if its answer is still on the way (RFC
     * 7143, section 11.6.1); on the only connection of a session none can be yet to come.
     */
    private static void abortTask(
            Session session, Request request, Consumer<TaskManagementAnswer> answer) {
        AtomicReference<TaskManagementAnswer> code =
                new AtomicReference<>(TaskManagementAnswer.NO_SUCH_TASK);
        TaskBarrier barrier = new TaskBarrier(() -> answer.accept(code.get()));
        session.abort(
                task -> task.tag() == request.referencedTag() && task.lun() == request.lun(),
                barrier);
        if (barrier.aborted() > 0) {
            code.set(TaskManagementAnswer.COMPLETE);
        }
        barrier.arrive();
    }

    /** Aborts what nexuses have under way for a unit, but for one task (PREEMPT AND ABORT). */
    void abort(LogicalUnit unit, Set<Nexus> nexuses, ScsiTask except, Runnable whenAborted) {
        TaskBarrier barrier =
                new TaskBarrier(() -> endBackground(List.of(unit), nexuses::contains, whenAborted));
        for (Session session : sessions.all()) {
            if (nexuses.contains(session.nexus())) {
                session.abort(
                        task -> task != except && isFor(session, task, unit),
                        barrier,
                        answerOf(session, except.nexus()));
            }
        }
        barrier.arrive();
    }

    /**
     * How a task of a session ends that a nexus aborts: its own without an answer, those of others
     * with TASK ABORTED (SAM-5, "Aborting commands"; TAS=1, so there is no 06/2F/00).
     */
    private static @Nullable CommandOutcome answerOf(Session session, Nexus aborting) {
        return session.nexus().equals(aborting) ? null : CommandOutcome.Status.TASK_ABORTED;
    }

    private void reset(LogicalUnit unit, Session by, Consumer<TaskManagementAnswer> answer) {
        TaskBarrier barrier =
                new TaskBarrier(() ->
                        endBackground(
                                List.of(unit),
                                any -> true,
                                () -> {
                                    unit.reset();
                                    answer.accept(TaskManagementAnswer.COMPLETE);
                                }));
        for (Session session : sessions.all()) {
            session.abort(
                    task -> isFor(session, task, unit), barrier, answerOf(session, by.nexus()));
        }
        barrier.arrive();
    }

    /** Every unit that the session sees; a cold reset ends the sessions of the target too. */
    private void resetTarget(Session by, boolean cold, Consumer<TaskManagementAnswer> answer) {
        List<LogicalUnit> units = List.copyOf(by.luns().units());
        List<Session> all = new ArrayList<>(sessions.all());
        Runnable whenAborted =
                () -> {
                    units.forEach(unit -> unit.targetReset(cold));
                    answer.accept(TaskManagementAnswer.COMPLETE);
                    if (cold) {
                        all.stream()
                                .filter(session ->
                                        session.target().name().equals(by.target().name()))
                                .forEach(Session::drop);
                    }
                };
        TaskBarrier barrier = new TaskBarrier(() -> endBackground(units, any -> true, whenAborted));
        for (Session session : all) {
            session.abort(
                    task -> units.stream().anyMatch(unit -> isFor(session, task, unit)),
                    barrier,
                    answerOf(session, by.nexus()));
        }
        barrier.arrive();
    }

    private static void resetNexus(Session session, Consumer<TaskManagementAnswer> answer) {
        List<LogicalUnit> units = List.copyOf(session.luns().units());
        Runnable whenAborted =
                () -> {
                    units.forEach(unit -> unit.nexusReset(session.nexus()));
                    answer.accept(TaskManagementAnswer.COMPLETE);
                };
        abort(
                List.of(session),
                task -> true,
                () -> endBackground(units, session.nexus()::equals, whenAborted));
    }

    /** Ends what goes on at units after its command was answered; the tasks have ended before. */
    private static void endBackground(
            List<LogicalUnit> units, Predicate<Nexus> whose, Runnable whenEnded) {
        TaskBarrier barrier = new TaskBarrier(whenEnded);
        for (LogicalUnit unit : units) {
            barrier.register();
            unit.endBackground(whose, barrier::arrive);
        }
        barrier.arrive();
    }

    /** SAM-5, "QUERY ASYNCHRONOUS EVENT": depth and sense key, ASC, ASCQ of what comes next. */
    private static Reply pendingEvent(LogicalUnit unit, Nexus nexus) {
        List<SenseCode> pending = unit.pendingAttentions(nexus);
        if (pending.isEmpty()) {
            return new Reply(TaskManagementAnswer.COMPLETE, 0);
        }
        SenseCode first = pending.getFirst();
        int depth = pending.size() == 1 ? DEPTH_ONE : DEPTH_MORE;
        return new Reply(
                TaskManagementAnswer.SUCCEEDED,
                (depth | first.key()) << 16 | first.asc() << 8 | first.ascq());
    }

    private static void abort(List<Session> of, Predicate<Task> which, Runnable whenAborted) {
        TaskBarrier barrier = new TaskBarrier(whenAborted);
        for (Session session : of) {
            session.abort(which, barrier);
        }
        barrier.arrive();
    }

    private static boolean isFor(Session session, Task task, LogicalUnit unit) {
        LogicalUnit found = session.luns().find(task.lun());
        return found != null && found.isSame(unit);
    }
}
