package org.dbstore.server.iscsi.session;

import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.CommandOutcome;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The tasks of one session that have no answer yet, by initiator task tag. This object's monitor
 * decides races between the connection's thread, which collects data-out, the threads that complete
 * tasks, and those that abort them. Nothing is done under it but bookkeeping.
 */
public final class TaskSet {
    /** Most immediate commands at once. */
    private static final int IMMEDIATE_MAX = 32;

    /**
     * How many aborted tags are remembered, to throw away data that was under way for them: all
     * that an initiator can have under way at once.
     */
    private static final int ABORTED_TAGS_MAX = CommandWindow.SIZE_MAX + IMMEDIATE_MAX;

    private final Map<Integer, Task> tasks = new HashMap<>();
    private int immediate;

    /** How many of them later ones have to wait for; mostly none. */
    private int ordering;

    private boolean closed;
    private final ArrayDeque<Integer> abortedTags = new ArrayDeque<>();

    /** What becomes of a command. */
    public enum Taken {
        /** It is a task now, claimed by the caller. */
        YES,
        /** Its tag is that of another task. */
        TAG_IN_USE,
        /** It is immediate, which no window bounds, and there are enough of those. */
        TOO_MANY_IMMEDIATE,
        /** The session has ended. */
        NO
    }

    /** Adds a task. */
    synchronized Taken add(Task task) {
        if (closed) {
            return Taken.NO;
        }
        if (task.isImmediate() && immediate >= IMMEDIATE_MAX) {
            return Taken.TOO_MANY_IMMEDIATE;
        }
        Task present = tasks.get(task.tag());
        // One that is ending may have been answered already, so its tag is free again.
        if (present != null && present.stage != Task.Stage.ENDING) {
            return Taken.TAG_IN_USE;
        }
        if (ordering > 0 || task.isOrdering()) {
            task.waitFor(predecessors(task));
            ordering += task.isOrdering() ? 1 : 0;
        }
        tasks.put(task.tag(), task);
        immediate += task.isImmediate() ? 1 : 0;
        return Taken.YES;
    }

    /** SAM-5, "Task attributes": who has to end first. The set of each unit is one of its own. */
    private List<Task> predecessors(Task task) {
        if (task.attribute() == TaskAttribute.HEAD_OF_QUEUE) {
            return List.of();
        }
        int unit = LunMap.number(task.lun());
        return tasks.values().stream()
                .filter(each -> LunMap.number(each.lun()) == unit)
                .filter(each -> each.isOrdering() || task.attribute() == TaskAttribute.ORDERED)
                .toList();
    }

    /** Takes no more tasks. */
    synchronized void close() {
        closed = true;
    }

    /** Tells whether no more tasks are taken. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Tells whether a task with that tag is here. */
    synchronized boolean has(int tag) {
        return tasks.containsKey(tag);
    }

    /** Finds a task that still collects data-out and claims it for the connection's thread. */
    synchronized @Nullable Task claim(int tag) {
        Task task = tasks.get(tag);
        if (task == null || task.stage != Task.Stage.COLLECTING) {
            return null;
        }
        task.claimed = true;
        return task;
    }

    /**
     * Ends a claim: the task waits for more data-out.
     *
     * @return false if it was aborted meanwhile; then the caller has to end it
     */
    synchronized boolean release(Task task) {
        task.claimed = false;
        return !task.isAborted();
    }

    /**
     * Ends every claim: the connection's thread is gone.
     *
     * @return the tasks that were claimed and are aborted: the caller has to end them
     */
    synchronized List<Task> releaseAll() {
        List<Task> idle = new ArrayList<>();
        for (Task task : tasks.values()) {
            if (task.claimed && task.stage == Task.Stage.COLLECTING) {
                task.claimed = false;
                if (task.isAborted()) {
                    idle.add(task);
                }
            }
        }
        return idle;
    }

    /**
     * Hands a claimed task over to the logical unit.
     *
     * @return false if it was aborted meanwhile; then the caller has to end it
     */
    synchronized boolean execute(Task task) {
        if (task.isAborted()) {
            return false;
        }
        task.stage = Task.Stage.EXECUTING;
        return true;
    }

    /**
     * Leaves a claimed task to {@link #resume}: others have to end first.
     *
     * @return false if it was aborted meanwhile; then the caller has to end it
     */
    synchronized boolean hold(Task task) {
        if (task.isAborted()) {
            return false;
        }
        task.stage = Task.Stage.HELD;
        task.claimed = false;
        return true;
    }

    /**
     * Has a held task collect data-out, unless it was aborted meanwhile: whoever did that ends it.
     *
     * @param solicit asks for the data, under the monitor: neither does an abort come between, nor
     *     the data before the task is ready for it
     */
    synchronized void collect(Task task, Runnable solicit) {
        if (!task.isAborted()) {
            task.stage = Task.Stage.COLLECTING;
            solicit.run();
        }
    }

    /**
     * Hands a held task over to the logical unit.
     *
     * @return false if it was aborted meanwhile: whoever did that ends it
     */
    synchronized boolean resume(Task task) {
        if (task.isAborted()) {
            return false;
        }
        task.stage = Task.Stage.EXECUTING;
        return true;
    }

    /**
     * Begins the end of a task: from here on an abort comes too late and waits for the answer.
     *
     * @return false if it was aborted before: then it ends as {@link Task#abortAnswer} says
     */
    synchronized boolean beginEnd(Task task) {
        task.stage = Task.Stage.ENDING;
        return !task.isAborted();
    }

    /**
     * Takes out a task whose answer, if any, is queued.
     *
     * @return what to do now that it has ended
     */
    synchronized List<Runnable> remove(Task task) {
        tasks.remove(task.tag(), task);
        immediate -= task.isImmediate() ? 1 : 0;
        ordering -= task.isOrdering() ? 1 : 0;
        if (tasks.isEmpty()) {
            notifyAll();
        }
        return task.takeAfterEnd();
    }

    /**
     * Marks tasks aborted.
     *
     * @param which tells the tasks
     * @param barrier opens when all of them have ended
     * @param answer how they end, once they do; null = without an answer
     * @return those that nobody works on: the caller has to end them
     */
    synchronized List<Task> abort(
            Predicate<Task> which, TaskBarrier barrier, @Nullable CommandOutcome answer) {
        List<Task> idle = new ArrayList<>();
        for (Task task : tasks.values()) {
            if (which.test(task)) {
                boolean first = !task.isAborted();
                barrier.register();
                task.afterEnd(barrier::arrive);
                if (task.stage != Task.Stage.ENDING) {
                    task.abort(answer);
                    barrier.countAborted();
                }
                if (first && task.stage == Task.Stage.HELD) {
                    idle.add(task);
                }
                if (first && task.stage == Task.Stage.COLLECTING) {
                    remember(task.tag());
                    if (!task.claimed) {
                        idle.add(task);
                    }
                }
            }
        }
        return idle;
    }

    /** Counts the tasks that have no answer yet. */
    synchronized int count() {
        return tasks.size();
    }

    /** Tells whether there is a task of that kind. */
    synchronized boolean hasAny(Predicate<Task> which) {
        return tasks.values().stream().anyMatch(which);
    }

    /** Tells whether a task is the only one here. */
    synchronized boolean isOnly(Task task) {
        return tasks.size() == 1 && tasks.get(task.tag()) == task;
    }

    /**
     * Tells for how long an R2T has been waiting without any data coming.
     *
     * @param lastDataNanos when data came last for any of them
     */
    synchronized long awaitingDataNanos(long nowNanos, long lastDataNanos) {
        long longest = 0;
        for (Task task : tasks.values()) {
            long since = task.solicitedNanos;
            if (since != 0) {
                long waiting = Math.min(nowNanos - since, nowNanos - lastDataNanos);
                longest = Math.max(longest, waiting);
            }
        }
        return longest;
    }

    /** Tells whether data-out for this tag may still be under way although its task is gone. */
    synchronized boolean wasAborted(int tag) {
        return abortedTags.contains(tag);
    }

    /**
     * Waits until no task is left.
     *
     * @param timeoutMillis how long at most
     * @return false if some task still runs
     */
    synchronized boolean awaitEmpty(long timeoutMillis) throws InterruptedException {
        long end = System.nanoTime() + timeoutMillis * 1_000_000;
        while (!tasks.isEmpty()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private void remember(int tag) {
        if (abortedTags.size() == ABORTED_TAGS_MAX) {
            abortedTags.removeFirst();
        }
        abortedTags.addLast(tag);
    }
}
