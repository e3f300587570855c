package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.iscsi.SendTargets.PortalAddress;
import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.auth.FailedLogins;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.Sessions;
import org.dbstore.server.lun.CommandDispatcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * The iSCSI side of the server: targets by name, portals, connections and sessions, and the
 * watchdog that ends connections which have had their time.
 */
public final class IscsiServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(IscsiServer.class);

    /** Most refused logins that wait for their answer; beyond that they get none. */
    private static final int REFUSALS_MAX = 1024;

    private static final long WATCHDOG_NANOS = 500_000_000L;
    private static final long SESSION_END_MILLIS = 10_000;

    private final Map<String, IscsiTarget> targets = new HashMap<>();
    private final Optional<ChapUsers> discoveryUsers;
    private final boolean authenticates;
    private final Challenges challenges = new Challenges();
    private final FailedLogins failedLogins = new FailedLogins();
    private final Semaphore refusals = new Semaphore(REFUSALS_MAX);
    private final PendingLogins pendingLogins = new PendingLogins();
    private final boolean listOnlyConnected;
    private final CommandDispatcher dispatcher;
    private final BufferPool buffers;
    private final BufferPool receiveBuffers =
            new BufferPool(
                    (long) Sessions.COUNT_MAX * PduReader.CAPACITY_BYTES
                            + (2L * PendingLogins.COUNT_MAX + REFUSALS_MAX)
                                    * PduReader.LOGIN_CAPACITY_BYTES);
    private final Sessions sessions = new Sessions();
    private final TaskManagement taskManagement = new TaskManagement(sessions);
    private final List<Portal> portals = new ArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Thread watchdog;
    private volatile boolean closed;

    /**
     * Creates a server that does not listen yet.
     *
     * @param targets names are unique
     * @param discoveryUsers who may ask for targets; empty = everybody
     * @param listOnlyConnected true if SendTargets lists just the address by which the initiator
     *     came
     * @param dispatcher executes commands
     * @param buffers for data in flight
     */
    public IscsiServer(
            Collection<IscsiTarget> targets,
            Optional<ChapUsers> discoveryUsers,
            boolean listOnlyConnected,
            CommandDispatcher dispatcher,
            BufferPool buffers) {
        for (IscsiTarget target : targets) {
            this.targets.put(target.name(), target);
        }
        this.discoveryUsers = discoveryUsers;
        this.authenticates =
                discoveryUsers.isPresent()
                        || targets.stream().anyMatch(target -> target.terms().users().isPresent());
        this.listOnlyConnected = listOnlyConnected;
        this.dispatcher = dispatcher;
        this.buffers = buffers;
        this.watchdog = Thread.ofPlatform().daemon().name("dbs-watchdog").unstarted(this::watch);
    }

    /**
     * Listens on addresses; all of them or none.
     *
     * @param addresses with their portal group tags
     * @throws IOException if one of them cannot be bound; the message names it
     */
    public void listen(List<Map.Entry<InetSocketAddress, Integer>> addresses) throws IOException {
        try {
            for (Map.Entry<InetSocketAddress, Integer> address : addresses) {
                portals.add(Portal.bind(this, address.getKey(), address.getValue()));
            }
        } catch (IOException e) {
            portals.forEach(Portal::close);
            throw e;
        }
        watchdog.start();
        portals.forEach(Portal::start);
    }

    /** Addresses the portals are bound to. */
    public List<InetSocketAddress> addresses() {
        return portals.stream().map(Portal::address).toList();
    }

    /** Number of normal sessions. */
    public int sessionCount() {
        return sessions.all().size();
    }

    /** Logins that failed for lack of a valid proof, since the start. */
    public long failedLoginCount() {
        return failedLogins.count();
    }

    /** Stops listening, ends every session, and waits for their tasks. */
    @Override
    public void close() {
        closed = true;
        portals.forEach(Portal::close);
        LockSupport.unpark(watchdog);
        connections.forEach(Connection::disconnect);
        for (Session session : sessions.all()) {
            try {
                if (!session.end(SESSION_END_MILLIS)) {
                    LOG.warn("a task of {} still runs", session.nexus().initiatorName());
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts the shutdown", e);
            }
        }
    }

    /** Takes a connection that was accepted; closes it at once if there are too many. */
    void accept(SocketChannel channel, Portal portal) throws IOException {
        InetAddress peer = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
        ByteBuffer receiveBuffer = receiveBuffers.tryTake(PduReader.LOGIN_CAPACITY_BYTES);
        if (receiveBuffer == null) {
            LOG.warn("no memory for another connection; {} is turned away", peer.getHostAddress());
            channel.close();
            return;
        }
        Connection connection = new Connection(this, portal, channel, peer, receiveBuffer);
        if (!pendingLogins.admit(connection, peer, System.nanoTime())) {
            LOG.warn(
                    "too many unfinished logins; one from {} is turned away",
                    peer.getHostAddress());
            receiveBuffers.giveBack(receiveBuffer);
            channel.close();
            return;
        }
        connections.add(connection);
        if (closed) {
            connection.disconnect();
        }
        connection.start();
    }

    PendingLogins pendingLogins() {
        return pendingLogins;
    }

    FailedLogins failedLogins() {
        return failedLogins;
    }

    /** One permit for each refused login that waits for its answer. */
    Semaphore refusals() {
        return refusals;
    }

    Optional<ChapUsers> discoveryUsers() {
        return discoveryUsers;
    }

    boolean authenticates() {
        return authenticates;
    }

    Challenges challenges() {
        return challenges;
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    Optional<IscsiTarget> findTarget(String name, int portalGroupTag) {
        return Optional.ofNullable(targets.get(name)).filter(target -> target.isIn(portalGroupTag));
    }

    /** What SendTargets lists; {@code name} is empty for all. */
    List<String> sendTargets(
            String name, String initiatorName, InetAddress peer, PortalAddress connected) {
        List<IscsiTarget> asked =
                targets.values().stream()
                        .filter(target -> name.isEmpty() || target.name().equals(name))
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList();
        List<PortalAddress> all =
                portals.stream()
                        .map(portal -> new PortalAddress(portal.address(), portal.groupTag()))
                        .toList();
        return SendTargets.list(asked, initiatorName, peer, all, listOnlyConnected, connected);
    }

    CommandDispatcher dispatcher() {
        return dispatcher;
    }

    BufferPool buffers() {
        return buffers;
    }

    BufferPool receiveBuffers() {
        return receiveBuffers;
    }

    Sessions sessions() {
        return sessions;
    }

    TaskManagement taskManagement() {
        return taskManagement;
    }

    private void watch() {
        while (!closed) {
            long now = System.nanoTime();
            for (Connection connection : connections) {
                connection.check(now);
            }
            LockSupport.parkNanos(WATCHDOG_NANOS);
        }
    }
}
