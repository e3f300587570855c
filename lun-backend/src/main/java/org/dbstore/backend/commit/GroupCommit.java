package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume.CommitListener;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentChanges;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Shares one commit among all who wait for one. A commit has one leader: the committing thread, or
 * a caller of {@link #flush} who finds nobody leading and saves the hand-over. Those who come while
 * it runs wait for the next.
 *
 * <p>Lock order: the lock here is a leaf, except that the table's is taken under leadership (which
 * is a flag, not a lock). Stripe locks may be held by callers of {@link #flushByCommitter} only:
 * the others may run foreign listeners.
 */
public final class GroupCommit {
    private static final Logger LOG = LogManager.getLogger(GroupCommit.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final ExtentTable table;
    private final CommitStages stages;
    private final StoreHealth health;
    private final Reclaimer reclaimer;
    private final Thread committer;

    /** Who waits for a commit, and what it shall make durable beside all that was changed. */
    private record Request(CommitListener listener, @Nullable Transaction transaction) {}

    private List<Request> waiting = new ArrayList<>(); // guarded by lock
    private boolean leading; // guarded by lock
    private boolean serving; // guarded by lock: the thread is there
    private boolean stopping; // guarded by lock

    /**
     * Creates the commit point; {@link #start} begins its thread.
     *
     * @param device of the store
     * @param barrier the device's only one
     * @param geometry of the device
     * @param table whose changes are committed
     * @param allocator gets what is freed
     * @param health failed when a commit fails
     * @param highWater AllocatedDeviceExtents of the superblock
     */
    public GroupCommit(
            BlockDevice device,
            Barrier barrier,
            Geometry geometry,
            ExtentTable table,
            ExtentAllocator allocator,
            StoreHealth health,
            long highWater) {
        this.table = table;
        this.health = health;
        this.stages = new CommitStages(new MetadataBlocks(device, health), barrier, highWater);
        this.reclaimer = new Reclaimer(device, geometry, allocator);
        this.committer = Thread.ofPlatform().daemon().name("dbs-commit").unstarted(this::serve);
    }

    /** Begins to serve {@link #commit} and {@link #flushByCommitter}. */
    public void start() {
        lock.lock();
        try {
            serving = true;
        } finally {
            lock.unlock();
        }
        committer.start();
    }

    /**
     * Ends the thread after the commits that were asked for. When it returns nobody uses the device
     * any more on behalf of a commit.
     */
    public void stop() {
        lock.lock();
        try {
            stopping = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            committer.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the engine", e);
        }
        reclaimer.await();
    }

    /**
     * Returns AllocatedDeviceExtents.
     *
     * @return as last written, or about to be
     */
    public long highWater() {
        return stages.highWater();
    }

    /**
     * Makes all that was changed before durable, and tells when. Returns at once.
     *
     * @param listener called by the leader
     */
    public void commit(CommitListener listener) {
        request(new Request(listener, null));
    }

    private void request(Request request) {
        boolean stopped;
        lock.lock();
        try {
            stopped = stopping;
            if (!stopped) {
                waiting.add(request);
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        if (stopped) {
            answer(List.of(request), closed());
        }
    }

    /**
     * As {@link #commit}, and waits; leads the commit itself if nobody else does. The caller holds
     * no lock that a listener may want.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void flush() throws BackendException {
        flush(null);
    }

    private void flush(@Nullable Transaction transaction) throws BackendException {
        Waiter waiter = new Waiter();
        boolean lead;
        lock.lock();
        try {
            if (stopping) {
                throw closed();
            }
            waiting.add(new Request(waiter, transaction));
            lead = !leading;
            leading = true;
        } finally {
            lock.unlock();
        }
        if (lead) {
            lead();
        }
        waiter.await();
    }

    /**
     * As {@link #flush}, never leading: may be called with stripes locked.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void flushByCommitter() throws BackendException {
        Waiter waiter = new Waiter();
        commit(waiter);
        waiter.await();
    }

    /**
     * Makes all that was changed before durable, and then a transaction; waits for it. May be
     * called with locks held that a listener may want.
     *
     * @param transaction not changed afterwards
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void apply(Transaction transaction) throws BackendException {
        boolean byCommitter;
        lock.lock();
        try {
            byCommitter = serving;
        } finally {
            lock.unlock();
        }
        if (byCommitter) {
            Waiter waiter = new Waiter();
            request(new Request(waiter, transaction));
            waiter.await();
        } else {
            flush(transaction); // the device is being opened: no listeners yet
        }
    }

    /**
     * Commits what was freed and waits until the allocator has it.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void reclaim() throws BackendException {
        flushByCommitter();
        reclaimer.await();
    }

    private void serve() {
        while (awaitWork()) {
            try {
                lead();
            } catch (VirtualMachineError e) {
                health.fail("commit", e); // this thread must go on: others wait for its answers
            }
        }
    }

    /** Returns true if this thread now leads, false if it shall end. */
    private boolean awaitWork() {
        lock.lock();
        try {
            while (waiting.isEmpty() || leading) {
                if (stopping && waiting.isEmpty() && !leading) {
                    return false;
                }
                work.awaitUninterruptibly();
            }
            leading = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void lead() {
        List<Request> served;
        lock.lock();
        try {
            served = waiting;
            waiting = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        BackendException failure = null;
        int[] freed = {};
        try {
            freed = commitOnce(served);
        } catch (BackendException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = health.fail("commit", e);
        }
        long ticket = freed.length > 0 ? reclaimer.begin() : 0;
        giveUpLead();
        try {
            answer(served, failure);
        } finally {
            if (freed.length > 0) {
                reclaimer.reclaim(ticket, freed);
            }
        }
    }

    private int[] commitOnce(List<Request> requests) throws BackendException {
        health.check();
        List<Transaction> transactions = new ArrayList<>();
        for (Request request : requests) {
            if (request.transaction() != null) {
                transactions.add(request.transaction());
            }
        }
        ExtentChanges changes = table.take();
        stages.run(changes, transactions);
        table.committed(changes);
        return CommitStages.freed(changes);
    }

    private void giveUpLead() {
        lock.lock();
        try {
            leading = false;
            if (!waiting.isEmpty() || stopping) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private static BackendException closed() {
        return new BackendException(BackendError.FAILED, "the store is closed");
    }

    private static void answer(List<Request> requests, @Nullable BackendException failure) {
        VirtualMachineError fatal = null;
        for (Request request : requests) {
            try {
                request.listener().committed(failure);
            } catch (VirtualMachineError e) {
                fatal = e;
            } catch (RuntimeException | Error e) {
                LOG.error("a commit listener failed; the others are served", e);
            }
        }
        if (fatal != null) {
            throw fatal;
        }
    }

    private static final class Waiter implements CommitListener {
        private final Semaphore done = new Semaphore(0);
        private @Nullable BackendException failure;

        @Override
        public void committed(@Nullable BackendException outcome) {
            failure = outcome;
            done.release();
        }

        void await() throws BackendException {
            done.acquireUninterruptibly();
            if (failure != null) {
                throw new BackendException(
                        failure.error(), String.valueOf(failure.getMessage()), failure);
            }
        }
    }
}
