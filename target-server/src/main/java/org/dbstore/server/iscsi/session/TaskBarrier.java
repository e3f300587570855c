package org.dbstore.server.iscsi.session;

import java.util.concurrent.atomic.AtomicInteger;

/** Opens once all tasks that were registered with it, and the one who set it up, have arrived. */
public final class TaskBarrier {
    private final AtomicInteger missing = new AtomicInteger(1);
    private final AtomicInteger aborted = new AtomicInteger();
    private final Runnable onOpen;

    /**
     * Sets up a barrier, for which {@link #arrive} has to be called once.
     *
     * @param onOpen runs in the thread that arrives last
     */
    public TaskBarrier(Runnable onOpen) {
        this.onOpen = onOpen;
    }

    /** One more is waited for, who will call {@link #arrive}. Only while it cannot open yet. */
    public void register() {
        missing.incrementAndGet();
    }

    /** One of the tasks is aborted; the others have been answered, or are about to be. */
    void countAborted() {
        aborted.incrementAndGet();
    }

    /** Number of tasks that do not end as they would have. */
    public int aborted() {
        return aborted.get();
    }

    /** One of those that are waited for is there. */
    public void arrive() {
        if (missing.decrementAndGet() == 0) {
            onOpen.run();
        }
    }
}
