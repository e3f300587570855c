package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Severity;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;
import org.dbstore.server.iscsi.IscsiServer;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.FairShares;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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

    private final Map<String, BlockStore> stores = new HashMap<>();
    private final ServedUnits units;
    private final SpaceWatch space;
    private final ThreadPoolExecutor pool;
    private final BufferPool buffers;
    private final IscsiServer iscsi;

    /**
     * Starts a server.
     *
     * @param config a checked configuration
     * @return listening
     * @throws BackendException if a device cannot be served; the message names it
     * @throws IOException if an address cannot be listened on; the message names it
     */
    public static TargetServer start(DbsConfig config) throws BackendException, IOException {
        return new TargetServer(config);
    }

    private TargetServer(DbsConfig config) throws BackendException, IOException {
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
        boolean started = false;
        try {
            for (DeviceConfig device : config.devices()) {
                stores.put(device.name(), openDevice(device));
            }
            units = new ServedUnits(stores, lun -> writesBack(config, lun));
            List<IscsiTarget> targets = new ArrayList<>();
            for (TargetConfig target : config.targets()) {
                targets.add(iscsiTarget(target, portalGroupTags(config, target)));
            }
            iscsi =
                    new IscsiServer(
                            targets,
                            config.discoveryAuth().map(AccessTerms::users),
                            config.discovery() == DbsConfig.Discovery.CONNECTED,
                            new CommandDispatcher(pool),
                            new FairShares(buffers, dataBudgetBytes));
            iscsi.listen(addresses(config.portals()));
            space = new SpaceWatch(config.devices(), stores, units);
            started = true;
        } finally {
            if (!started) {
                closeStores();
            }
        }
        for (InetSocketAddress address : iscsi.addresses()) {
            LOG.info("listening on {}", address);
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
        return stores.get(name);
    }

    /**
     * Maps a logical unit while the server runs. Those who see all LUNs of the target learn of it;
     * the LUN maps of certain initiators stay as they are.
     *
     * @param target iSCSI name
     * @param lun under which number what is shown
     * @throws BackendException {@link BackendError#NOT_FOUND} if there is no such target, device or
     *     volume, {@link BackendError#ALREADY_EXISTS} if the number is taken, {@link
     *     BackendError#INVALID} if the volume is served with other settings; or what the device
     *     says
     */
    public void map(String target, LunConfig lun) throws BackendException {
        checkTarget(target);
        LogicalUnit unit = open(target, lun);
        if (!iscsi.map(target, lun.number(), unit)) {
            units.close(unit);
            throw new BackendException(
                    BackendError.ALREADY_EXISTS, "target " + target + " has LUN " + lun.number());
        }
        LOG.info("target {}: LUN {} is volume {}", target, lun.number(), lun.volume());
    }

    /**
     * Takes a logical unit away from everybody who sees it through a target. Commands under way are
     * aborted; those that come later are answered 05/25/00.
     *
     * @param target iSCSI name
     * @param number as in the configuration of the target
     * @throws BackendException {@link BackendError#NOT_FOUND} if there is no such target or LUN
     * @throws InterruptedException if interrupted while commands under way come to their end; the
     *     device then goes on holding the volume as one in use
     */
    public void unmap(String target, int number) throws BackendException, InterruptedException {
        checkTarget(target);
        LogicalUnit unit = iscsi.unmap(target, number);
        if (unit == null) {
            throw new BackendException(
                    BackendError.NOT_FOUND, "target " + target + " has no LUN " + number);
        }
        units.close(unit);
        LOG.info("target {}: LUN {} is gone", target, number);
    }

    private void checkTarget(String name) throws BackendException {
        if (!iscsi.hasTarget(name)) {
            throw new BackendException(BackendError.NOT_FOUND, "there is no target " + name);
        }
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
        closeStores();
        LOG.info("stopped");
    }

    private static long dataBudgetBytes() {
        return Math.min(DATA_BUDGET_BYTES_MAX, Runtime.getRuntime().maxMemory() / 2);
    }

    private static BlockStore openDevice(DeviceConfig device) throws BackendException {
        Path path = device.path();
        if (!Files.exists(path) && device.createBytes() > 0) {
            Path parent = path.toAbsolutePath().getParent();
            try {
                if (parent != null) {
                    Files.createDirectories(parent);
                }
            } catch (IOException e) {
                throw new BackendException(
                        BackendError.IO, "cannot create the folder of device " + path, e);
            }
            BlockStore.initialize(path, device.createBytes(), false);
            LOG.info(
                    "created device {} of {} bytes at {}",
                    device.name(),
                    device.createBytes(),
                    path);
        }
        OpenOptions.Io io = device.direct() ? OpenOptions.Io.DIRECT : OpenOptions.Io.BUFFERED;
        BlockStore store = BlockStore.open(path, new OpenOptions(io, false));
        boolean complete = false;
        try {
            for (VolumeConfig volume : device.volumes()) {
                if (store.volumes().stream().noneMatch(v -> v.name().equals(volume.name()))) {
                    store.createVolume(volume.name(), volume.sizeBytes());
                    LOG.info("created volume {} on device {}", volume.name(), device.name());
                }
            }
            complete = true;
        } finally {
            if (!complete) {
                store.close();
            }
        }
        for (Finding finding : store.report()) {
            if (finding.severity() == Severity.INFO) {
                LOG.info("device {}: {}", device.name(), finding.text());
            } else {
                LOG.warn("device {}: {}", device.name(), finding.text());
            }
        }
        return store;
    }

    private IscsiTarget iscsiTarget(TargetConfig target, Collection<Integer> portalGroupTags)
            throws BackendException {
        TreeMap<Integer, LogicalUnit> luns = new TreeMap<>();
        for (LunConfig lun : target.luns()) {
            luns.put(lun.number(), open(target.name(), lun));
        }
        return new IscsiTarget(
                target.name(),
                target.alias(),
                target.portalGroups(),
                target.initiators(),
                new LunMap(luns, portalGroupTags),
                AccessTerms.of(target.access(), luns, portalGroupTags));
    }

    /** The ports of a target: the groups it is in, which are all unless it names some. */
    private static Collection<Integer> portalGroupTags(DbsConfig config, TargetConfig target) {
        return target.portalGroups().isEmpty()
                ? config.portals().stream().map(PortalConfig::groupTag).toList()
                : target.portalGroups();
    }

    /** The cache is that of the mapping that writes; one that does not may leave it out. */
    private static boolean writesBack(DbsConfig config, LunConfig lun) {
        return config.targets().stream()
                        .flatMap(target -> target.luns().stream())
                        .filter(other ->
                                !other.readOnly()
                                        && other.device().equals(lun.device())
                                        && other.volume().equals(lun.volume()))
                        .findFirst()
                        .orElse(lun)
                        .cache()
                == LunConfig.CacheMode.WRITEBACK;
    }

    private LogicalUnit open(String target, LunConfig lun) throws BackendException {
        try {
            return units.open(lun);
        } catch (BackendException e) {
            throw new BackendException(
                    e.error(),
                    "target " + target + " LUN " + lun.number() + ": " + e.getMessage(),
                    e);
        }
    }

    private static List<Map.Entry<InetSocketAddress, Integer>> addresses(
            List<PortalConfig> portals) {
        List<Map.Entry<InetSocketAddress, Integer>> addresses = new ArrayList<>();
        for (PortalConfig portal : portals) {
            try {
                // A literal: no name service is asked.
                InetAddress address = InetAddress.getByName(portal.host());
                addresses.add(
                        Map.entry(
                                new InetSocketAddress(address, portal.port()), portal.groupTag()));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("no address: " + portal.host(), e);
            }
        }
        return addresses;
    }

    private void closeStores() throws BackendException {
        BackendException failure = null;
        for (BlockStore store : stores.values()) {
            try {
                store.close();
            } catch (BackendException e) {
                LOG.error("a device did not close well: {}", e.getMessage());
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
