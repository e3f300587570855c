package org.dbstore.tests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.LunConfig.CacheMode;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;
import org.dbstore.server.Applied;
import org.dbstore.server.ConfigSource;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;
import org.dbstore.server.plan.Plan;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A server in this process, on any free port of the loopback. */
public final class TestServer implements AutoCloseable {
    /** The target with the LUNs below. */
    public static final String TARGET = "iqn.2026-01.org.dbstore.tests:disks";

    /** A volume of {@link #VOLUME_BYTES}, 512-byte blocks, write-through. */
    public static final int LUN = 1;

    /** The same volume, write protected. */
    public static final int READ_ONLY_LUN = 2;

    /** Another volume of the same size, 4096-byte blocks, write-back. */
    public static final int LARGE_BLOCK_LUN = 3;

    /** A number that no target here has. */
    public static final int ABSENT_LUN = 9;

    public static final long VOLUME_BYTES = 64L << 20;

    private static final int RETURN_SECONDS = 10;

    private final TargetServer server;

    private TestServer(TargetServer server) {
        this.server = server;
    }

    /** Starts a server with a new device in a folder, and {@link #TARGET} on it. */
    public static TestServer start(Path folder) throws Exception {
        return start(folder, List.of(target(TARGET, luns())));
    }

    /**
     * Starts a server with a new device "main" in a folder: volumes "data", "other" and
     * "large-blocks".
     */
    public static TestServer start(Path folder, List<TargetConfig> targets) throws Exception {
        return start(device(folder), targets);
    }

    /** Starts a server with a device as told. */
    public static TestServer start(DeviceConfig device, List<TargetConfig> targets)
            throws Exception {
        return start(List.of(device), targets);
    }

    /** Starts a server with devices as told. */
    public static TestServer start(List<DeviceConfig> devices, List<TargetConfig> targets)
            throws Exception {
        return start(devices, Optional.empty(), targets);
    }

    /** Starts a server with a new device in a folder; whoever discovers proves who it is. */
    public static TestServer startWithDiscoveryAuth(
            Path folder, AuthGroupConfig discoveryAuth, List<TargetConfig> targets)
            throws Exception {
        return start(List.of(device(folder)), Optional.of(discoveryAuth), targets);
    }

    private static TestServer start(
            List<DeviceConfig> devices,
            Optional<AuthGroupConfig> discoveryAuth,
            List<TargetConfig> targets)
            throws Exception {
        return new TestServer(
                TargetServer.start(
                        new DbsConfig(
                                devices,
                                List.of(new PortalConfig("127.0.0.1", 0, 1)),
                                DbsConfig.Discovery.CONNECTED,
                                discoveryAuth,
                                targets)));
    }

    private static DeviceConfig device(Path folder) {
        List<VolumeConfig> volumes =
                List.of(
                        new VolumeConfig("data", VOLUME_BYTES),
                        new VolumeConfig("other", VOLUME_BYTES),
                        new VolumeConfig("large-blocks", VOLUME_BYTES));
        return new DeviceConfig("main", folder.resolve("main.dbs"), false, 1L << 30, volumes);
    }

    /** The LUNs of {@link #TARGET}. */
    public static List<LunConfig> luns() {
        return List.of(
                lun(LUN, "data", 0, false, 512),
                lun(READ_ONLY_LUN, "data", 0, true, 512),
                new LunConfig(
                        LARGE_BLOCK_LUN,
                        "main",
                        "other",
                        "",
                        false,
                        CacheMode.WRITEBACK,
                        4096,
                        4096));
    }

    /** A write-through LUN of device "main". */
    public static LunConfig lun(
            int number, String volume, int snapshotId, boolean readOnly, int blockBytes) {
        return new LunConfig(
                number,
                "main",
                volume,
                snapshotId == 0 ? "" : Integer.toString(snapshotId),
                readOnly,
                CacheMode.WRITETHROUGH,
                blockBytes,
                4096);
    }

    /** A target for everybody, on all portals. */
    public static TargetConfig target(String name, List<LunConfig> luns) {
        return new TargetConfig(name, "", List.of(), List.of("*"), luns);
    }

    /** A target for everybody, on these terms. */
    public static TargetConfig target(String name, TargetAccess access) {
        return new TargetConfig(name, "", List.of(), List.of("*"), luns(), access);
    }

    /** What another configuration would change, made from the present one. */
    public Plan plan(UnaryOperator<DbsConfig> change) {
        return configuration().plan(change.apply(server.config()));
    }

    /** Changes the configuration of the running server. */
    public Applied change(UnaryOperator<DbsConfig> change) throws BackendException {
        return apply(plan(change));
    }

    /** Makes a plan true. */
    public Applied apply(Plan plan) throws BackendException {
        return configuration().apply(plan);
    }

    private LiveConfiguration configuration() {
        return new LiveConfiguration(server, ConfigSource.none(server));
    }

    /** Waits until so many sessions are open: the end of one is not at once everybody's. */
    public void awaitSessions(int count) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (server.sessionCount() != count) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("sessions: " + server.sessions());
            }
            Thread.sleep(5);
        }
    }

    /** The server itself. */
    public TargetServer server() {
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.addresses().getFirst();
    }

    /** Memory lent for data of commands under way, in bytes. */
    public long dataBytesInUse() {
        return server.dataBytesInUse();
    }

    /**
     * Fails if memory stays lent. A command's is given back after its answer was sent, so that a
     * client may be here first: this waits for at most {@value #RETURN_SECONDS} s.
     */
    public void assertNoDataInUse() throws InterruptedException {
        long end = System.nanoTime() + RETURN_SECONDS * 1_000_000_000L;
        while (dataBytesInUse() > 0 && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertEquals(0, dataBytesInUse(), "data buffers still lent");
    }

    /** A session to {@link #TARGET}. */
    public RawInitiator session() throws Exception {
        return RawInitiator.loggedIn(address(), TARGET);
    }

    @Override
    public void close() throws BackendException {
        server.close();
    }
}
