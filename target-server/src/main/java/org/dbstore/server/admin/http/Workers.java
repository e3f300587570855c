package org.dbstore.server.admin.http;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of requests: few, so that I/O goes on beside them, and never interrupted. Transfers
 * have their own: they last as long as the other side likes.
 */
final class Workers implements AutoCloseable {
    private static final int WORK_THREADS = 4;
    private static final int TRANSFER_THREADS = 4;
    private static final int QUEUE_MAX = 64;
    private static final long IDLE_SECONDS = 30;
    private static final long END_SECONDS = 20;

    private final ThreadPoolExecutor work = pool("dbs-admin", WORK_THREADS);
    private final ThreadPoolExecutor transfers = pool("dbs-transfer", TRANSFER_THREADS);

    /**
     * Runs something short.
     *
     * @throws RejectedExecutionException if too much waits already
     */
    void work(Runnable task) {
        work.execute(task);
    }

    /**
     * Runs a transfer.
     *
     * @throws RejectedExecutionException if too many wait already
     */
    void transfer(Runnable task) {
        transfers.execute(task);
    }

    /** Takes no more, and waits for a while for what is under way. */
    @Override
    public void close() {
        work.shutdown();
        transfers.shutdown();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
            for (ThreadPoolExecutor pool : new ThreadPoolExecutor[] {work, transfers}) {
                // Whoever is still in the engine then is waited for by the engine.
                boolean ended =
                        pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (!ended) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the shutdown", e);
        }
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(QUEUE_MAX),
                        task -> Thread.ofPlatform().daemon().name(name).unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
