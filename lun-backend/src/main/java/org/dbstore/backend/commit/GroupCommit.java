package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume.CommitListener;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.event.CommitEvent;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentChanges;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
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

    /** In which another command of a batch is executed. */
    private static final long GATHER_STEP_NANOS = 20_000;

    /** A fraction of what a commit takes on a fast medium. */
    private static final long GATHER_NANOS_MAX = 200_000;

    /** With so many intents a commit begins: the rest is for those that come before it has. */
    private static final int INTENTS_USUAL = IntentLog.INTENTS_MAX * 3 / 4;

    /** What was acknowledged without a commit becomes durable about so soon, if nobody asks. */
    private static final long INTENT_AGE_NANOS_MAX = 5_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final ExtentTable table;
    private final StoreHealth health;
    private final Reclaimer reclaimer;
    private final IntentLog intents;
    private final ExtentAllocator allocator;
    private final BlockDevice device;
    private final Geometry geometry;
    private final Thread committer;

    /** Who waits for a commit, and what it shall make durable beside all that was changed. */
    private record Request(CommitListener listener, @Nullable Transaction transaction) {
        void taken() {
            if (listener instanceof PendingCommit pending) {
                pending.taken();
            }
        }
    }

    private List<Request> waiting = new ArrayList<>(); // guarded by lock
    private boolean leading; // guarded by lock
    private volatile CommitMode mode; // set by the leader
    private @Nullable JournalSetup setup; // belongs to the leader
    private volatile @Nullable ReservedExtents reserved; // set by the leader, and when it grows
    private boolean due; // guarded by lock: a commit comes unasked
    private long dueNanos; // guarded by lock: when, if it is due
    private boolean serving; // guarded by lock: the thread is there
    private boolean stopping; // guarded by lock
    private final LongAdder commits = new LongAdder();
    private final LongAdder commitNanos = new LongAdder();
    private final LongAdder waiters = new LongAdder();

    /**
     * Creates the commit point; {@link #start} begins its thread.
     *
     * @param device of the store
     * @param geometry of the device
     * @param table whose changes are committed
     * @param allocator gets what is freed
     * @param barrier of the device
     * @param health failed when a commit fails
     * @param start how to commit
     * @param run of the system
     */
    public GroupCommit(
            BlockDevice device,
            Geometry geometry,
            ExtentTable table,
            ExtentAllocator allocator,
            Barrier barrier,
            StoreHealth health,
            CommitStart start,
            UUID run) {
        this.device = device;
        this.geometry = geometry;
        this.table = table;
        this.health = health;
        this.allocator = allocator;
        this.mode = start.mode();
        this.setup = start.setup();
        this.reserved = start.reserved();
        this.reclaimer = new Reclaimer(barrier, geometry, allocator);
        this.intents = new IntentLog(device, geometry, table, health, run);
        this.committer = Thread.ofPlatform().daemon().name("dbs-commit").unstarted(this::serve);
    }

    /**
     * Begins to serve {@link #commit}, {@link #flushByCommitter} and {@link #intend}.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void start() throws BackendException {
        openIntents();
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
        reclaimer.awaitAll(true);
    }

    /**
     * Leaves the device to other readers, after {@link #stop}.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void close() throws BackendException {
        health.check();
        mode.close();
    }

    /**
     * Returns AllocatedDeviceExtents.
     *
     * @return as last written, or about to be
     */
    public long highWater() {
        return mode.highWater();
    }

    /**
     * Counts the commits that went well.
     *
     * @return since the device was opened
     */
    public long count() {
        return commits.sum();
    }

    /**
     * Adds up how long they took.
     *
     * @return in nanoseconds
     */
    public long nanos() {
        return commitNanos.sum();
    }

    /**
     * Counts those who waited for them.
     *
     * @return listeners and transactions
     */
    public long waiters() {
        return waiters.sum();
    }

    /**
     * Adds up what was written to the journal.
     *
     * @return bytes
     */
    public long journalBytes() {
        return mode.journalBytes();
    }

    /**
     * Tells how full the half of the journal is that is being written.
     *
     * @return 0..1
     */
    public double journalUse() {
        return mode.journalUse();
    }

    /**
     * Returns the extents that hold journal, mirror and catalogue.
     *
     * @return null before the first change of a device that has none, and where there is no room;
     *     they may be there and not in use
     */
    public @Nullable ReservedExtents reserved() {
        return reserved;
    }

    /**
     * Tells whether metadata goes through a journal.
     *
     * @return false before the first change of a device that has none, and where there is no room
     */
    public boolean isJournaled() {
        return mode instanceof JournaledCommit;
    }

    /**
     * Sees to it that there is a journal and a catalogue.
     *
     * @return the extents; null if there is no room for them
     * @throws BackendException {@link BackendError#FAILED}
     */
    public @Nullable ReservedExtents ensureReserved() throws BackendException {
        if (reserved == null) {
            apply(new Transaction());
        }
        return reserved;
    }

    /**
     * Adds an extent to the catalogue, zeroed, and one for its copy. One caller at a time.
     *
     * @return the extents as they are now, the new ones last
     * @throws BackendException {@link BackendError#NO_SPACE}, {@link BackendError#LIMIT}, {@link
     *     BackendError#FAILED}
     */
    public ReservedExtents growCatalogue() throws BackendException {
        ReservedExtents present = ensureReserved();
        if (present == null) {
            throw new BackendException(
                    BackendError.NO_SPACE, device.name() + " has no room for a catalogue");
        }
        if (present.catalogue().size() + 2 > ReservedExtents.CATALOGUE_MAX) {
            throw new BackendException(
                    BackendError.LIMIT, "the catalogue is as large as it can be");
        }
        int[] pair = allocator.allocateTogetherFromReserve(2);
        if (pair.length == 0) {
            throw new BackendException(
                    BackendError.NO_SPACE, "no two free extents for more of the catalogue");
        }
        int home = pair[0];
        int copy = pair[1];
        try {
            JournalSetup.zero(device, geometry, home);
            JournalSetup.zero(device, geometry, copy);
        } catch (IOException e) {
            allocator.release(home);
            allocator.release(copy);
            throw new BackendException(
                    DeviceIo.errorOf(e), "the catalogue of " + device.name() + " cannot grow", e);
        }
        ReservedExtents grown = present.withCatalogue(home, copy);
        Transaction growth = new Transaction().uses(Math.max(home, copy) + 1L).reserves(grown);
        List<ReservedExtents.Kept> all = grown.all();
        for (ReservedExtents.Kept kept : all.subList(all.size() - 2, all.size())) {
            growth.patch(Geometry.extentEntryOffset(kept.extent()), kept.entry());
        }
        apply(growth);
        reserved = grown;
        return grown;
    }

    private void openIntents() throws BackendException {
        ReservedExtents present = reserved;
        if (isJournaled() && present != null && !present.intents().isEmpty()) {
            intents.open(present.intents().getFirst());
        }
    }

    /**
     * Sees to it that an entry is found as it is now after the end of this process, without a
     * commit; one comes soon. Called with the stripe of its position locked exclusively, after the
     * change.
     *
     * @param extent an owned extent
     * @return false if it takes a commit: there is no room for an intent, no log, or something else
     *     has to come first
     */
    public boolean intend(int extent) {
        int index = intents.write(extent);
        if (index == 0) {
            commitWithin(INTENT_AGE_NANOS_MAX);
        } else if (index == INTENTS_USUAL) {
            commitWithin(0);
        }
        return index != IntentLog.REFUSED;
    }

    private void commitWithin(long nanos) {
        lock.lock();
        try {
            long at = System.nanoTime() + nanos;
            if (!due || at - dueNanos < 0) {
                due = true;
                dueNanos = at;
                work.signal();
            }
        } finally {
            lock.unlock();
        }
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
        PendingCommit waiter = new PendingCommit();
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
        PendingCommit waiter = new PendingCommit();
        commit(waiter);
        waiter.await();
    }

    /**
     * Makes all that was changed before durable, and then a transaction; waits for it. The caller
     * holds no lock that a listener of any commit may want: they are called one after the other.
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
            PendingCommit waiter = new PendingCommit();
            request(new Request(waiter, transaction));
            waiter.await();
        } else {
            flush(transaction); // the device is being opened: no listeners yet
        }
    }

    /**
     * As {@link #apply}, waiting only for the commit that runs: when this returns, the next one has
     * begun, and all that was changed before goes to the medium with the transaction or before it,
     * all that is changed afterwards later. So whoever stands still for the sake of a clean cut may
     * go on.
     *
     * @param transaction not changed afterwards
     * @param commit new; to be awaited before anybody is told
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void begin(Transaction transaction, PendingCommit commit) throws BackendException {
        request(new Request(commit, transaction));
        commit.awaitBegin();
    }

    /**
     * Commits what was freed and waits until the allocator has it.
     *
     * @param hurry as of {@link #awaitGivenBack}
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void reclaim(boolean hurry) throws BackendException {
        flushByCommitter();
        awaitGivenBack(hurry);
    }

    /**
     * Waits for space that is on its way: what is being given back, and else what is freed and not
     * committed.
     *
     * @param known what {@link #returnedCount} gave before the caller found no free extent
     * @return false if no extent has come back since, and none was on its way
     * @throws BackendException {@link BackendError#FAILED}
     */
    public boolean awaitReturned(long known) throws BackendException {
        if (reclaimer.awaitAny(known)) {
            return true;
        }
        flushByCommitter();
        return reclaimer.awaitAny(known);
    }

    /**
     * Counts the extents that came back to the allocator.
     *
     * @return since the device was opened
     */
    public long returnedCount() {
        return reclaimer.returned();
    }

    /**
     * Waits for every {@link #giveBack} that has begun.
     *
     * @param hurry true if whoever reads and writes shall wait for the sake of the caller
     */
    public void awaitGivenBack(boolean hurry) {
        reclaimer.awaitAll(hurry);
    }

    /**
     * Announces a {@link #giveBack}: who finds no free extent from now on waits for it. The caller
     * gets there without waiting for a stripe or a lock of an operation.
     *
     * @return to be handed to it
     */
    public long beginGivingBack() {
        return reclaimer.begin();
    }

    /**
     * Gives extents that nobody owns, on the medium either, to what lies below and to the
     * allocator.
     *
     * @param ticket of {@link #beginGivingBack}
     * @param extents ascending; perhaps none
     */
    public void giveBack(long ticket, int[] extents) {
        reclaimer.reclaim(ticket, extents);
    }

    private void serve() {
        while (awaitWork()) {
            try {
                gather();
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
            long dueIn = dueInNanos();
            while ((waiting.isEmpty() && dueIn > 0) || leading) {
                if (stopping && waiting.isEmpty() && !leading) {
                    return false;
                }
                if (leading || dueIn == Long.MAX_VALUE) {
                    work.awaitUninterruptibly();
                } else {
                    work.awaitNanos(dueIn);
                }
                dueIn = dueInNanos();
            }
            leading = true;
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the engine", e);
        } finally {
            lock.unlock();
        }
    }

    private long dueInNanos() {
        return due ? Math.max(0, dueNanos - System.nanoTime()) : Long.MAX_VALUE;
    }

    /**
     * Waits as long as requests come one after the other, as those of a batch of commands do: the
     * first of them would have a commit of its own, and all others wait for two.
     */
    private void gather() {
        long began = System.nanoTime();
        int before = 0;
        int count = waitingCount();
        while (count > before && System.nanoTime() - began < GATHER_NANOS_MAX) {
            before = count;
            long looked = System.nanoTime();
            while (System.nanoTime() - looked < GATHER_STEP_NANOS) {
                Thread.onSpinWait();
            }
            count = waitingCount();
        }
    }

    private int waitingCount() {
        lock.lock();
        try {
            return waiting.size();
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
            due = false;
        } finally {
            lock.unlock();
        }
        BackendException failure = null;
        boolean revoked = false;
        int[] freed = {};
        long began = System.nanoTime();
        try {
            freed = commitOnce(served);
            commitNanos.add(System.nanoTime() - began);
            commits.increment();
            waiters.add(served.size());
        } catch (BackendException e) {
            failure = e;
            // If the device failed, data may be lost; not if it was the engine, now or before.
            revoked = !(e.getCause() instanceof RuntimeException || e.getCause() instanceof Error);
        } catch (RuntimeException | Error e) {
            failure = health.fail("commit", e);
        }
        long ticket = 0;
        try {
            ticket = freed.length > 0 ? reclaimer.begin() : 0;
            if (revoked) {
                intents.revoke();
            }
        } finally {
            giveUpLead();
            try {
                answer(served, failure);
            } finally {
                if (ticket > 0) {
                    reclaimer.reclaim(ticket, freed);
                }
            }
        }
    }

    private int[] commitOnce(List<Request> requests) throws BackendException {
        CommitEvent event = new CommitEvent();
        event.begin();
        health.check();
        List<Transaction> transactions = new ArrayList<>();
        for (Request request : requests) {
            if (request.transaction() != null) {
                transactions.add(request.transaction());
            }
        }
        ExtentChanges changes = intents.take(!transactions.isEmpty());
        requests.forEach(Request::taken);
        if (changes.count() > 0 || !transactions.isEmpty()) {
            setUpJournal();
        }
        mode.run(changes, transactions);
        table.committed(changes);
        event.finish(device.name(), changes.count(), requests.size());
        return changes.freed();
    }

    private void setUpJournal() throws BackendException {
        JournalSetup.Made made = setup == null ? null : setup.run(mode.highWater());
        if (made != null) {
            mode = made.mode();
            reserved = made.reserved();
            setup = null;
            openIntents();
        }
    }

    private void giveUpLead() {
        lock.lock();
        try {
            leading = false;
            if (!waiting.isEmpty() || due || stopping) {
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
}
