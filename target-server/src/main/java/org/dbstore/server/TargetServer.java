package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
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
import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

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
    private final BufferPool buffers;
    private final Metrics metrics = new Metrics(this::deviceFigures);
    private final Qos qos = new Qos();
    private final ServedUnits units = new ServedUnits(metrics, qos);
    private final SpaceWatch space = new SpaceWatch(units);
    private final IscsiServer iscsi;

    /** Held while the configuration is changed. */
    private final ReentrantLock changing = new ReentrantLock();

    private volatile DbsConfig config;
    private volatile Reconfiguration.Served served = Reconfiguration.Served.NOTHING;
    private volatile long version;

    /**
     * Starts a server.
     *
     * @param config a checked configuration
     * @return listening
     * @throws BackendException if a device cannot be served, or an address cannot be listened on;
     *     the message names it
     */
    public static TargetServer start(DbsConfig config) throws BackendException {
        return new TargetServer(config);
    }

    private TargetServer(DbsConfig config) throws BackendException {
        AtomicInteger threads = new AtomicInteger();
        pool =
                new ThreadPoolExecutor(
                        POOL_THREADS,
                        POOL_THREADS,
                        POOL_IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name("dbs-io-" + threads.incrementAndGet())
                                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        long dataBudgetBytes = dataBudgetBytes();
        buffers = new BufferPool(dataBudgetBytes);
        iscsi =
                new IscsiServer(
                        new CommandDispatcher(pool),
                        new FairShares(buffers, dataBudgetBytes),
                        metrics,
                        qos);
        this.config = config;
        boolean started = false;
        try {
            // Nothing is served yet: the start is the first change.
            reconfigure(config, () -> {});
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
            return Planner.plan(config, version, next, sessions());
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
            List<String> warnings = reconfigure(plan.next(), keep);
            now.changes().forEach(change -> LOG.info("configuration: {}", change));
            return new Applied(version, now.changes(), warnings);
        } finally {
            changing.unlock();
        }
    }

    /** Returns what did not go well and could not be helped. */
    private List<String> reconfigure(DbsConfig next, Step keep) throws BackendException {
        Reconfiguration change = new Reconfiguration(iscsi, units, served, next);
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
        served = change.commit();
        config = next;
        version++;
        qos.update(new ConfiguredLimits(next));
        metrics.logSlowCommands(next.log().slowCommandMillis());
        Logging.apply(next.log());
        space.follow(served.devices());
        return change.closeDevices();
    }

    /** Addresses the portals are bound to, in the order of the configuration. */
    public List<InetSocketAddress> addresses() {
        return iscsi.addresses();
    }

    /** Memory lent out for data in flight, in bytes; 0 when nothing is under way. */
    public long dataBytesInUse() {
        return buffers.lentBytes();
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
     * @return false if there is none
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
        iscsi.close();
        space.close();
        pool.shutdown();
        metrics.close();
        qos.close();
        BackendException failure = served.devices().closeBut(Devices.NONE);
        if (failure != null) {
            throw failure;
        }
        LOG.info("stopped");
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
