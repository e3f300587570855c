package org.dbstore.server.lun;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Lets so many tasks at a time into an executor that it shares with others; the rest wait in their
 * order. Safe for all threads.
 */
final class AtMost implements Executor {
    private final int most;
    private final Executor executor;
    private final Queue<Runnable> waiting = new ArrayDeque<>(); // guarded by this
    private int running; // guarded by this

    /**
     * Begins with none.
     *
     * @param most at a time, 1 or more
     * @param executor runs them
     */
    AtMost(int most, Executor executor) {
        this.most = most;
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (running == most) {
                waiting.add(task);
                return;
            }
            running++;
        }
        boolean accepted = false;
        try {
            executor.execute(() -> runAll(task));
            accepted = true;
        } finally {
            if (!accepted) {
                next();
            }
        }
    }

    private void runAll(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }
}
