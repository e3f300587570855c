package org.dbstore.server.admin;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.api.JobView;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The long operations of this run of the server, the last ones that have ended included. */
public final class Jobs implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int WAITING_MAX = 64;
    private static final int KEPT_MAX = 200;
    private static final long IDLE_SECONDS = 30;
    private static final long END_SECONDS = 60;

    private final Map<Long, Job> jobs = new LinkedHashMap<>();
    private final ThreadPoolExecutor pool;
    private long lastId;

    /** Does a job. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it.
         *
         * @param job to be told how far it has come; says when to end
         * @return what was done, as a record
         */
        Object run(Job job) throws BackendException;
    }

    /** Begins with none. */
    public Jobs() {
        pool =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(WAITING_MAX),
                        task -> Thread.ofPlatform().daemon().name("dbs-job").unstarted(task));
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Begins a job.
     *
     * @param kind as "vacuum"
     * @param subject what it works on
     * @param work does it
     * @return what is known of it
     * @throws BackendException {@link BackendError#BUSY} if too many wait
     */
    public synchronized JobView start(String kind, String subject, Work work)
            throws BackendException {
        Job job = new Job(++lastId, kind, subject);
        try {
            pool.execute(() -> job.run(work));
        } catch (RejectedExecutionException e) {
            throw new BackendException(
                    BackendError.BUSY, WAITING_MAX + " jobs wait already, or the server stops", e);
        }
        jobs.put(job.id(), job);
        forgetOld();
        return job.view();
    }

    /** All that are known, the oldest first. */
    public synchronized List<JobView> all() {
        return jobs.values().stream().map(Job::view).toList();
    }

    /** One of them. */
    public synchronized Optional<JobView> find(long id) {
        return Optional.ofNullable(jobs.get(id)).map(Job::view);
    }

    /**
     * Tells a job to end.
     *
     * @return what is known of it; empty if there is none
     */
    public synchronized Optional<JobView> cancel(long id) {
        Optional<Job> job = Optional.ofNullable(jobs.get(id));
        job.ifPresent(Job::cancel);
        return job.map(Job::view);
    }

    /** Tells all to end, and waits until they have: who works on a device is not interrupted. */
    @Override
    public void close() {
        synchronized (this) {
            pool.shutdown();
            jobs.values().forEach(Job::cancel);
        }
        try {
            boolean ended = pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                pool.getQueue().clear();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the shutdown", e);
        }
    }

    private void forgetOld() {
        List<Job> over = new ArrayList<>(jobs.values());
        over.removeIf(job -> !job.view().isOver());
        int surplus = jobs.size() - KEPT_MAX;
        for (Job job : over.subList(0, Math.clamp(surplus, 0, over.size()))) {
            jobs.remove(job.id());
        }
    }
}
