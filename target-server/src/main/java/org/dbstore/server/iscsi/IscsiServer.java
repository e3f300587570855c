package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.iscsi.SendTargets.PortalAddress;
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
import java.util.concurrent.locks.LockSupport;

/**
 * The iSCSI side of the server: targets by name, portals, connections and sessions, and the
 * watchdog that ends connections which have had their time.
 */
public final class IscsiServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(IscsiServer.class);

    /** Most connections that have not logged in yet. */
    private static final int LOGINS_MAX = 1024;

    /** The same from one address. */
    private static final int LOGINS_PER_ADDRESS_MAX = 32;

    private static final long WATCHDOG_NANOS = 500_000_000L;
    private static final long SESSION_END_MILLIS = 10_000;

    private final Map<String, IscsiTarget> targets = new HashMap<>();
    private final boolean listOnlyConnected;
    private final CommandDispatcher dispatcher;
    private final BufferPool buffers;
    private final BufferPool receiveBuffers =
            new BufferPool(
                    (long) Sessions.COUNT_MAX * PduReader.CAPACITY_BYTES
                            + (long) LOGINS_MAX * PduReader.LOGIN_CAPACITY_BYTES);
    private final Sessions sessions = new Sessions();
    private final TaskManagement taskManagement = new TaskManagement(sessions);
    private final List<Portal> portals = new ArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> loginsByAddress = new HashMap<>();
    private final Thread watchdog;
    private int logins;
    private volatile boolean closed;

    /**
     * Creates a server that does not listen yet.
     *
     * @param targets names are unique
     * @param listOnlyConnected true if SendTargets lists just the address by which the initiator
     *     came
     * @param dispatcher executes commands
     * @param buffers for data in flight
     */
    public IscsiServer(
            Collection<IscsiTarget> targets,
            boolean listOnlyConnected,
            CommandDispatcher dispatcher,
            BufferPool buffers) {
        for (IscsiTarget target : targets) {
            this.targets.put(target.name(), target);
        }
        this.listOnlyConnected = listOnlyConnected;
        this.dispatcher = dispatcher;
        dispatcher.abortsThrough(taskManagement::abort);
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
        if (!admitLogin(peer)) {
            LOG.warn(
                    "too many unfinished logins; one from {} is turned away",
                    peer.getHostAddress());
            channel.close();
            return;
        }
        ByteBuffer receiveBuffer = receiveBuffers.tryTake(PduReader.LOGIN_CAPACITY_BYTES);
        if (receiveBuffer == null) {
            loginEnded(peer);
            LOG.warn("no memory for another connection; {} is turned away", peer.getHostAddress());
            channel.close();
            return;
        }
        Connection connection = new Connection(this, portal, channel, peer, receiveBuffer);
        connections.add(connection);
        if (closed) {
            connection.disconnect();
        }
        connection.start();
    }

    /** A login has ended, well or not. */
    void loginEnded(InetAddress peer) {
        synchronized (loginsByAddress) {
            logins--;
            loginsByAddress.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    Optional<IscsiTarget> findTarget(String name, int portalGroupTag) {
        return Optional.ofNullable(targets.get(name)).filter(target -> target.isIn(portalGroupTag));
    }

    /** What SendTargets lists; {@code name} is empty for all. */
    List<String> sendTargets(String name, String initiatorName, PortalAddress connected) {
        List<IscsiTarget> asked =
                targets.values().stream()
                        .filter(target -> name.isEmpty() || target.name().equals(name))
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList();
        List<PortalAddress> all =
                portals.stream()
                        .map(portal -> new PortalAddress(portal.address(), portal.groupTag()))
                        .toList();
        return SendTargets.list(asked, initiatorName, all, listOnlyConnected, connected);
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

    private boolean admitLogin(InetAddress peer) {
        synchronized (loginsByAddress) {
            int ofPeer = loginsByAddress.getOrDefault(peer, 0);
            if (logins >= LOGINS_MAX || ofPeer >= LOGINS_PER_ADDRESS_MAX) {
                return false;
            }
            logins++;
            loginsByAddress.put(peer, ofPeer + 1);
            return true;
        }
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
