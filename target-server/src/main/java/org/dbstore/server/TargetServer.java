package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.StoreGuard;
import org.dbstore.config.DbsConfig;
import org.dbstore.server.iscsi.IscsiServer;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.FairShares;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.metrics.DeviceFigures;
import org.dbstore.server.metrics.Metrics;
import org.dbstore.server.plan.Plan;
import org.dbstore.server.plan.Planner;
import org.dbstore.server.qos.Qos;
import org.dbstore.server.schedule.RuleState;
import org.dbstore.server.schedule.Schedules;
import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The life cycle of the server:
 *
 * <ol>
 *   <li>open the devices, create what the configuration wants and is not there;
 *   <li>open volumes and snapshots as logical units;
 *   <li>listen.
 * </ol>
 *
 * Closing goes the other way: no more commands, wait for those under way, then close the devices,
 * which makes everything durable.
 */
public final class TargetServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(TargetServer.class);

    /** Threads for commands that wait for the medium: about what a good SSD takes at once. */
    private static final int POOL_THREADS = 32;

    private static final long POOL_IDLE_SECONDS = 30;
    private static final long DATA_BUDGET_BYTES_MAX = 512L << 20;

    private final ThreadPoolExecutor pool;
    private final ThreadPoolExecutor copies;
    private final BufferPool buffers;
    private final Metrics metrics =
            new Metrics(
                    this::deviceFigures, () -> missingDevices().keySet(), this::missingLunCount);
    private final Qos qos = new Qos();
    private final ServedUnits units = new ServedUnits(metrics, qos);
    private final SpaceWatch space = new SpaceWatch(units);
    private final Schedules schedules = Schedules.start(InstantSource.system());
    private final IscsiServer iscsi;

    /** Held while the configuration is changed. */
    private final ReentrantLock changing = new ReentrantLock();

    private final SnapshotNumbers snapshotNumbers = new SnapshotNumbers();

    /** Snapshots that are being deleted; under the lock. */
    private final Set<Reconfiguration.Hidden> hidden = new HashSet<>();

    private volatile NameKeeper names = NameKeeper.IN_MEMORY;
    private volatile DbsConfig config;
    private volatile Reconfiguration.Served served = Reconfiguration.Served.NOTHING;
    private volatile long version;
    private volatile boolean closed;

    /**
     * Starts a server.
     *
     * @param config a checked configuration
     * @return listening
     * @throws BackendException if no device can be opened, no LUN served, or an address not
     *     listened on; the message names it
     */
    public static TargetServer start(DbsConfig config) throws BackendException {
        return new TargetServer(config);
    }

    private TargetServer(DbsConfig config) throws BackendException {
        pool = pool("dbs-io-");
        copies = pool("dbs-copy-");
        long dataBudgetBytes = dataBudgetBytes();
        buffers = new BufferPool(dataBudgetBytes);
        iscsi =
                new IscsiServer(
                        new CommandDispatcher(pool, copies),
                        new FairShares(buffers, dataBudgetBytes),
                        metrics,
                        qos);
        this.config = config;
        Logging.apply(config.log()); // what is found when devices are opened is said in this format
        boolean started = false;
        try {
            // Nothing is served yet: the start is the first change.
            reconfigure(config, config, () -> {}, true);
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** Something that has to come to a good end before a change is made visible. */
    interface Step {
        void run() throws BackendException;
    }

    /** The configuration in force. */
    public DbsConfig config() {
        return config;
    }

    /** Counts the configurations that were in force, from 1. */
    public long version() {
        return version;
    }

    /** What another configuration would change. */
    public Plan plan(DbsConfig next) {
        changing.lock();
        try {
            return Planner.plan(
                    config, version, next, sessions(), served.devices().missing().keySet());
        } finally {
            changing.unlock();
        }
    }

    /**
     * Serves another configuration, in one transaction: if any part of it fails, what is served
     * stays as it was.
     *
     * @param plan made by {@link #plan}
     * @param keep called when all is prepared, and before anybody sees anything of it
     * @throws BackendException {@link BackendError#BUSY} if there is an obstacle, or the plan was
     *     made for another version; {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID},
     *     ... with the target, LUN, device or portal at fault
     */
    Applied apply(Plan plan, Step keep) throws BackendException {
        changing.lock();
        try {
            if (closed) {
                throw new BackendException(BackendError.BUSY, "the server is being stopped");
            }
            if (plan.version() != version) {
                throw new BackendException(
                        BackendError.BUSY,
                        "the configuration has changed since (version "
                                + version
                                + " instead of "
                                + plan.version()
                                + "); plan again");
            }
            Plan now = plan(plan.next());
            if (!now.obstacles().isEmpty()) {
                throw new BackendException(
                        BackendError.BUSY, String.join(System.lineSeparator(), now.obstacles()));
            }
            List<String> warnings = new ArrayList<>(reconfigure(config, plan.next(), keep, true));
            missingDevices()
                    .forEach((name, why) ->
                            warnings.add("device " + name + " is not served: " + why));
            missingLuns().forEach(why -> warnings.add("not served: " + why));
            now.changes().forEach(change -> LOG.info("configuration: {}", change));
            return new Applied(version, now.changes(), warnings);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Returns what did not go well and could not be helped.
     *
     * @param previous what of {@code next} is in it, too, is not new
     */
    private List<String> reconfigure(DbsConfig previous, DbsConfig next, Step keep, boolean again)
            throws BackendException {
        Reconfiguration change =
                new Reconfiguration(
                        iscsi, units, served, previous, next, snapshotNumbers, hidden, again);
        boolean ready = false;
        try {
            change.prepare();
            keep.run();
            ready = true;
        } finally {
            if (!ready) {
                change.undo();
            }
        }
        Collection<BlockStore> known = served.devices().stores().values();
        for (BlockStore store : change.devices().stores().values()) {
            if (!known.contains(store)) {
                store.listen(units::changed);
                store.guardedBy(new ServingGuard(this, store));
            }
        }
        served = change.commit();
        if (!next.equals(config) || version == 0) {
            long following = version + 1;
            config = next;
            version = following;
        }
        qos.update(new ConfiguredLimits(next));
        iscsi.allowBusyPoll(next.busyPoll());
        metrics.logSlowCommands(next.log().slowCommandMillis());
        Logging.apply(next.log());
        space.follow(served.devices());
        schedules.update(next.schedules(), served.devices().stores());
        return change.closeDevices();
    }

    /** Says how a new name comes into what the configuration is read from. */
    void keepsNamesBy(NameKeeper keeper) {
        names = keeper;
    }

    /** The configured name of a device that is open; empty if it is not served. */
    Optional<String> nameOf(BlockStore store) {
        return served.devices().nameOf(store);
    }

    /**
     * Gives something another name, and follows it in the configuration.
     *
     * @param renaming does it
     * @param back takes it back
     * @param follow makes of the configuration in force the one with the new name
     */
    void rename(StoreGuard.Operation renaming, Step back, UnaryOperator<DbsConfig> follow)
            throws BackendException {
        changing.lock();
        try {
            DbsConfig next = followed(follow);
            if (next.equals(config)) {
                renaming.run();
                refreshSnapshots();
                return;
            }
            Step keep = names.follow(config, next);
            renaming.run();
            boolean done = false;
            try {
                reconfigure(next, next, keep, false); // nothing but names is new
                done = true;
            } finally {
                if (!done) {
                    back.run(); // the configuration has the old name still
                }
            }
        } finally {
            changing.unlock();
        }
    }

    private DbsConfig followed(UnaryOperator<DbsConfig> follow) throws BackendException {
        try {
            return follow.apply(config);
        } catch (IllegalArgumentException e) {
            throw new BackendException(
                    BackendError.INVALID, "the configuration: " + e.getMessage(), e);
        }
    }

    /**
     * Deletes a snapshot that may appear by itself: it vanishes before.
     *
     * @param deletion does it; without the lock, because it may take long
     */
    void hide(BlockStore store, int snapshotId, StoreGuard.Operation deletion)
            throws BackendException {
        Reconfiguration.Hidden gone = new Reconfiguration.Hidden(store, snapshotId);
        changing.lock();
        try {
            hidden.add(gone);
            refreshSnapshots();
        } finally {
            changing.unlock();
        }
        try {
            deletion.run();
        } finally {
            changing.lock();
            try {
                hidden.remove(gone);
                refreshSnapshots();
            } finally {
                changing.unlock();
            }
        }
    }

    /** Shows the snapshots that appear by themselves, and those alone, as they are now. */
    void refreshSnapshots() {
        changing.lock();
        try {
            boolean any =
                    config.targets().stream()
                            .flatMap(target -> target.luns().stream())
                            .anyMatch(lun -> lun.snapshots().isPresent());
            if (any && !closed) {
                reconfigure(config, config, () -> {}, false);
            }
        } catch (BackendException e) {
            LOG.error("snapshots do not appear as they should: {}", e.getMessage());
        } finally {
            changing.unlock();
        }
    }

    /** Addresses the portals are bound to, in the order of the configuration. */
    public List<InetSocketAddress> addresses() {
        return iscsi.addresses();
    }

    /** Memory lent out for data in flight, in bytes; 0 when nothing is under way. */
    public long dataBytesInUse() {
        return buffers.lentBytes();
    }

    /** The targets as they are served, in the order of the configuration. */
    public List<TargetInfo> targets() {
        Reconfiguration.Served now = served;
        List<SessionInfo> open = sessions();
        return config.targets().stream()
                .map(target ->
                        new TargetInfo(
                                target.name(),
                                target.alias(),
                                now.luns(target),
                                now.missingLuns(target),
                                now.portGroups(target),
                                open.stream()
                                        .filter(session ->
                                                session.nexus().targetName().equals(target.name()))
                                        .toList()))
                .toList();
    }

    /** Number of normal sessions. */
    public int sessionCount() {
        return iscsi.sessionCount();
    }

    /** The normal sessions. */
    public List<SessionInfo> sessions() {
        return iscsi.sessionInfos();
    }

    /**
     * Ends a session; the initiator is told, and may log in again.
     *
     * @param handle of the session
     * @return false if there is none, or it is ending already because of this
     */
    public boolean dropSession(int handle) {
        return iscsi.dropSession(handle);
    }

    /**
     * An open device, to manage its volumes: what is done to one that is served, its initiators
     * learn.
     *
     * @param name by the configuration
     * @return null if there is none
     */
    public @Nullable BlockStore device(String name) {
        return served.devices().find(name);
    }

    /**
     * Tries once more to open the devices that could not be opened, and to serve the LUNs that
     * could not be served.
     *
     * @return true if there is a missing device less
     */
    public boolean retryMissing() {
        changing.lock();
        try {
            int before = missingDevices().size();
            if ((before > 0 || isMissingLunThere()) && !closed) {
                reconfigure(config, config, () -> {}, true);
            }
            return missingDevices().size() < before;
        } catch (BackendException e) {
            LOG.error("what can be served again is not: {}", e.getMessage());
            return false;
        } finally {
            changing.unlock();
        }
    }

    /**
     * Devices that are wanted and could not be opened; each change of the configuration, and {@link
     * #retryMissing}, tries again.
     *
     * @return why, by name
     */
    public Map<String, String> missingDevices() {
        Map<String, String> reasons = new LinkedHashMap<>();
        served.devices().missing().forEach((name, missing) -> reasons.put(name, missing.reason()));
        return reasons;
    }

    /**
     * LUNs that are wanted and not served though their device is open; tried again as {@link
     * #missingDevices}.
     *
     * @return why, each with target and number
     */
    public List<String> missingLuns() {
        return served.missing();
    }

    private boolean isMissingLunThere() {
        Reconfiguration.Served now = served;
        return config.targets().stream().anyMatch(target -> now.isMissingLunThere(target, units));
    }

    private long missingLunCount() {
        Reconfiguration.Served now = served;
        return config.targets().stream().mapToLong(target -> now.missingLuns(target).size()).sum();
    }

    /**
     * Says why {@link #device} is null.
     *
     * @return {@link BackendError#NOT_FOUND}
     */
    public BackendException notOpen(String name) {
        return served.devices().notOpen(name);
    }

    /** How the rules for snapshots are doing. */
    public List<RuleState> schedules() {
        return schedules.state();
    }

    /** What is limited. */
    public Qos qos() {
        return qos;
    }

    /** What is counted. */
    public Metrics metrics() {
        return metrics;
    }

    /** Logins that failed for lack of a valid proof, since the start. */
    public long failedLoginCount() {
        return iscsi.failedLoginCount();
    }

    @Override
    public void close() throws BackendException {
        changing.lock();
        try {
            closed = true;
        } finally {
            changing.unlock();
        }
        iscsi.close();
        space.close();
        schedules.close();
        pool.shutdown();
        copies.shutdown();
        metrics.close();
        qos.close();
        BackendException failure = served.devices().closeBut(Devices.NONE);
        if (failure != null) {
            throw failure;
        }
        LOG.info("stopped");
    }

    private static ThreadPoolExecutor pool(String name) {
        AtomicInteger threads = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        POOL_THREADS,
                        POOL_THREADS,
                        POOL_IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name(name + threads.incrementAndGet())
                                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static long dataBudgetBytes() {
        return Math.min(DATA_BUDGET_BYTES_MAX, Runtime.getRuntime().maxMemory() / 2);
    }

    private List<DeviceFigures> deviceFigures() {
        List<DeviceFigures> figures = new ArrayList<>();
        served.devices()
                .stores()
                .forEach((name, store) ->
                        figures.add(
                                new DeviceFigures(
                                        name,
                                        store.info(),
                                        store.statistics(),
                                        store.isFailed(),
                                        store.volumes())));
        return figures;
    }
}
