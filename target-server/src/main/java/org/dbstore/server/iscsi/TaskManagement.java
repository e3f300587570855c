package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.jscsi.JscsiPdus.TaskManagementAnswer;
import org.dbstore.server.iscsi.jscsi.JscsiPdus.TaskManagementFunction;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.Sessions;
import org.dbstore.server.iscsi.session.Task;
import org.dbstore.server.iscsi.session.TaskBarrier;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiTask;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Task management functions (RFC 7143, section 11.5). An answer is given only when every task
 * concerned has ended and changes nothing any more.
 */
final class TaskManagement {
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
     * @param referencedSequenceNumber its CmdSN
     */
    record Request(
            @Nullable TaskManagementFunction function,
            long lun,
            int referencedTag,
            int referencedSequenceNumber) {}

    /**
     * Executes a function.
     *
     * @param session that sent it
     * @param answer gets the answer, now or later and then from another thread
     */
    void execute(Session session, Request request, Consumer<TaskManagementAnswer> answer) {
        TaskManagementFunction function = request.function();
        if (function == null) {
            answer.accept(TaskManagementAnswer.REJECTED);
            return;
        }
        switch (function) {
            case ABORT_TASK -> abortTask(session, request, answer);
            case ABORT_TASK_SET -> {
                LogicalUnit unit = session.target().luns().find(request.lun());
                if (unit == null) {
                    answer.accept(TaskManagementAnswer.NO_SUCH_LUN);
                } else {
                    abort(List.of(session), task -> isFor(session, task, unit), answer);
                }
            }
            case LOGICAL_UNIT_RESET -> {
                LogicalUnit unit = session.target().luns().find(request.lun());
                if (unit == null) {
                    answer.accept(TaskManagementAnswer.NO_SUCH_LUN);
                } else {
                    reset(unit, answer);
                }
            }
            case CLEAR_ACA, CLEAR_TASK_SET, TARGET_WARM_RESET, TARGET_COLD_RESET ->
                    answer.accept(TaskManagementAnswer.NOT_SUPPORTED);
            case TASK_REASSIGN -> answer.accept(TaskManagementAnswer.NO_REASSIGNMENT);
        }
    }

    private static void abortTask(
            Session session, Request request, Consumer<TaskManagementAnswer> answer) {
        TaskBarrier barrier = new TaskBarrier(() -> answer.accept(TaskManagementAnswer.COMPLETE));
        session.abort(
                task -> task.tag() == request.referencedTag() && task.lun() == request.lun(),
                barrier);
        // A task that was answered meanwhile is as good as aborted; one that never came, or is for
        // another unit, is not.
        boolean unknown =
                session.hasTask(request.referencedTag())
                        || !session.hasReceived(request.referencedSequenceNumber());
        if (barrier.registered() == 0 && unknown) {
            answer.accept(TaskManagementAnswer.NO_SUCH_TASK);
        } else {
            barrier.arrive();
        }
    }

    /** Aborts what nexuses have under way for a unit, but for one task (PREEMPT AND ABORT). */
    void abort(LogicalUnit unit, Set<Nexus> nexuses, ScsiTask except, Runnable whenAborted) {
        TaskBarrier barrier = new TaskBarrier(whenAborted);
        for (Session session : sessions.all()) {
            if (nexuses.contains(session.nexus())) {
                session.abort(task -> task != except && isFor(session, task, unit), barrier);
            }
        }
        barrier.arrive();
    }

    private void reset(LogicalUnit unit, Consumer<TaskManagementAnswer> answer) {
        TaskBarrier barrier =
                new TaskBarrier(() -> {
                    unit.reset();
                    answer.accept(TaskManagementAnswer.COMPLETE);
                });
        for (Session session : sessions.all()) {
            session.abort(task -> isFor(session, task, unit), barrier);
        }
        barrier.arrive();
    }

    private static void abort(
            List<Session> of, Predicate<Task> which, Consumer<TaskManagementAnswer> answer) {
        TaskBarrier barrier = new TaskBarrier(() -> answer.accept(TaskManagementAnswer.COMPLETE));
        for (Session session : of) {
            session.abort(which, barrier);
        }
        barrier.arrive();
    }

    private static boolean isFor(Session session, Task task, LogicalUnit unit) {
        return session.target().luns().find(task.lun()) == unit;
    }
}
