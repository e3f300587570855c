package org.dbstore.server.scsi;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Work on a logical unit that goes on after its command has been answered (IMMED=1). No task stands
 * for it any more, so whatever aborts tasks ends it by this. Safe for all threads.
 */
public final class BackgroundWork {
    /** One piece of work. */
    public static final class Work {
        private final Nexus nexus;
        private final List<Runnable> afterEnd = new ArrayList<>();
        private volatile boolean stopped;

        private Work(Nexus nexus) {
            this.nexus = nexus;
        }

        /** True once it should end. */
        public boolean isStopped() {
            return stopped;
        }
    }

    /** Guarded by this object, as what waits for each. */
    private final List<Work> works = new ArrayList<>();

    /**
     * Work begins, while its command is still a task: whoever waits for that finds this afterwards.
     *
     * @param nexus that asked for it
     * @return to be given to {@link #end}
     */
    public synchronized Work begin(Nexus nexus) {
        var work = new Work(nexus);
        works.add(work);
        return work;
    }

    /** Work changes nothing any more. */
    public void end(Work work) {
        List<Runnable> waiting;
        synchronized (this) {
            works.remove(work);
            waiting = List.copyOf(work.afterEnd);
        }
        waiting.forEach(Runnable::run);
    }

    /**
     * Stops work.
     *
     * @param whose tells which, by the nexus that asked for it
     * @param whenEnded runs once none of it can change anything any more, from any thread
     */
    public void stop(Predicate<Nexus> whose, Runnable whenEnded) {
        AtomicInteger missing = new AtomicInteger(1);
        Runnable arrive =
                () -> {
                    if (missing.decrementAndGet() == 0) {
                        whenEnded.run();
                    }
                };
        synchronized (this) {
            for (Work work : works) {
                if (whose.test(work.nexus)) {
                    work.stopped = true;
                    missing.incrementAndGet();
                    work.afterEnd.add(arrive);
                }
            }
        }
        arrive.run();
    }
}
