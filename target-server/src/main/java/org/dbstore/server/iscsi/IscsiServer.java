package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.audit.LineLimit;
import org.dbstore.server.iscsi.SendTargets.PortalAddress;
import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.auth.FailedLogins;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.FairShares;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.SpareProcessors;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.server.iscsi.session.Sessions;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.metrics.Metrics;
import org.dbstore.server.qos.Qos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The iSCSI side of the server: targets by name, portals, connections and sessions, and the
 * watchdog that ends connections which have had their time.
 */
public final class IscsiServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(IscsiServer.class);

    /** Most refused logins that wait for their answer; beyond that they get none. */
    private static final int REFUSALS_MAX = 1024;

    private static final long WATCHDOG_NANOS = 500_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** How long a shutdown waits for initiators to log out. */
    private static final int LOGOUT_SECONDS = 2;

    /** Then for commands under way, all of them together. */
    private static final long SESSION_END_MILLIS = 10_000;

    /** Then for their answers to be sent. */
    private static final int FLUSH_SECONDS = 3;

    private static final long POLL_MILLIS = 10;

    private volatile Offer offer = Offer.NOTHING;
    private final Challenges challenges = new Challenges();
    private final FailedLogins failedLogins = new FailedLogins();
    private final Semaphore refusals = new Semaphore(REFUSALS_MAX);
    private final PendingLogins pendingLogins = new PendingLogins();
    private final LineLimit complaints = new LineLimit("{} warnings of initiators were left out");
    private final CommandDispatcher dispatcher;
    private final FairShares shares;
    private final Metrics metrics;
    private final Qos qos;
    private final BufferPool receiveBuffers =
            BufferPool.unaligned(
                    (long) Sessions.COUNT_MAX * PduReader.CAPACITY_BYTES
                            + (2L * PendingLogins.COUNT_MAX + REFUSALS_MAX)
                                    * PduReader.LOGIN_CAPACITY_BYTES);
    private final SpareProcessors spareProcessors =
            new SpareProcessors(Runtime.getRuntime().availableProcessors());
    private final Sessions sessions = new Sessions();
    private final TaskManagement taskManagement = new TaskManagement(sessions);
    private final Portals portals = new Portals(this);
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Thread watchdog;
    private volatile boolean draining;
    private volatile boolean closed;

    /**
     * Creates a server that does not listen and offers nothing yet.
     *
     * @param dispatcher executes commands
     * @param shares of the memory for data in flight, one for each connection
     * @param metrics count what sessions do
     * @param qos limits it
     */
    public IscsiServer(CommandDispatcher dispatcher, FairShares shares, Metrics metrics, Qos qos) {
        this.dispatcher = dispatcher;
        dispatcher.abortsThrough(taskManagement::abort);
        this.shares = shares;
        this.metrics = metrics;
        this.qos = qos;
        this.watchdog = Thread.ofPlatform().daemon().name("dbs-watchdog").start(this::watch);
    }

    /** A change of the portals, ready to be made; one of the two is called, once. */
    public interface PortalMove {
        /** Accepts on the new portals; closes those that are not wanted any more. */
        void commit();

        /** Leaves it. */
        void undo();
    }

    /**
     * Binds the addresses that are not bound yet, and accepts nothing there.
     *
     * @param addresses all that are wanted, with their portal group tags
     * @throws IOException if one of them cannot be bound; the message names it. Then all is as
     *     before
     */
    public PortalMove bind(List<Map.Entry<InetSocketAddress, Integer>> addresses)
            throws IOException {
        return portals.prepare(addresses);
    }

    /**
     * Offers something else. Whoever is logged in goes on with it and is told what is different for
     * him; returns when units that are not offered any more have no command under way.
     *
     * @param ports to be committed with it
     * @param denial why a session may not go on; empty if it may
     */
    public void offer(
            Offer next, PortalMove ports, Function<SessionInfo, Optional<String>> denial) {
        offer = next;
        ports.commit();
        connections.stream().filter(Connection::comesInVain).forEach(Connection::disconnect);
        List<Session> ending = new ArrayList<>();
        List<Session> staying = new ArrayList<>();
        for (Session session : sessions.all()) {
            Optional<String> reason = denial.apply(session.info());
            reason.ifPresent(why -> LOG.warn("{} is cut: {}", session.info().title(), why));
            (reason.isPresent() ? ending : staying).add(session);
        }
        Changeover changeover = new Changeover(sessions);
        try {
            changeover.adopt(staying, next);
            changeover.cut(ending);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a change of the offer", e);
        }
    }

    /** Addresses the portals are bound to. */
    public List<InetSocketAddress> addresses() {
        return portals.all().stream().map(Portal::address).toList();
    }

    /** Number of normal sessions. */
    public int sessionCount() {
        return sessions.all().size();
    }

    /** Logins that failed for lack of a valid proof, since the start. */
    public long failedLoginCount() {
        return failedLogins.count();
    }

    /** The normal sessions. */
    public List<SessionInfo> sessionInfos() {
        return sessions.all().stream().map(Session::info).toList();
    }

    /**
     * Ends a session; the initiator is told, and may log in again.
     *
     * @param handle TSIH
     * @return false if there is none, or it is ending already because of this
     */
    public boolean dropSession(int handle) {
        return sessions.find(handle).map(Session::drop).orElse(false);
    }

    /**
     * Stops listening, asks the initiators to log out, lets what is under way come to its end, then
     * ends every session. Each step is bounded in time.
     */
    @Override
    public void close() {
        draining = true;
        qos.release();
        portals.close();
        connections.stream().filter(Connection::isLoggingIn).forEach(Connection::disconnect);
        Collection<Session> open = sessions.all();
        open.forEach(session -> session.requestLogout(LOGOUT_SECONDS));
        try {
            awaitNoSession(System.nanoTime() + LOGOUT_SECONDS * SECOND_NANOS);
            long end = System.nanoTime() + SESSION_END_MILLIS * 1_000_000;
            for (Session session : sessions.all()) {
                session.drain(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
            awaitNoSession(System.nanoTime() + FLUSH_SECONDS * SECOND_NANOS);
            closed = true;
            connections.forEach(Connection::disconnect);
            for (Session session : sessions.all()) {
                if (!session.end(SESSION_END_MILLIS)) {
                    LOG.warn("a task of {} still runs", session.nexus().initiatorName());
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the shutdown", e);
        } finally {
            closed = true;
            LockSupport.unpark(watchdog);
        }
    }

    private void awaitNoSession(long endNanos) throws InterruptedException {
        while (!sessions.all().isEmpty() && System.nanoTime() - endNanos < 0) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Takes a connection that was accepted; closes it at once if there are too many. */
    void accept(SocketChannel channel, Portal portal) throws IOException {
        InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
        InetAddress peer = remote.getAddress();
        ByteBuffer receiveBuffer = receiveBuffers.tryTake(PduReader.LOGIN_CAPACITY_BYTES);
        if (receiveBuffer == null) {
            complaints.warn(
                    LOG,
                    System.nanoTime(),
                    "no memory for another connection; {} is turned away",
                    peer.getHostAddress());
            channel.close();
            return;
        }
        Connection connection = new Connection(this, portal, channel, remote, local, receiveBuffer);
        if (!pendingLogins.admit(connection, peer, System.nanoTime())) {
            complaints.warn(
                    LOG,
                    System.nanoTime(),
                    "too many unfinished logins; one from {} is turned away",
                    peer.getHostAddress());
            receiveBuffers.giveBack(receiveBuffer);
            channel.close();
            return;
        }
        connections.add(connection);
        if (draining) {
            connection.disconnect();
        }
        connection.start();
    }

    /** Says whether connections may look for their next command before they sleep. */
    public void allowBusyPoll(boolean yes) {
        spareProcessors.allow(yes);
    }

    SpareProcessors spareProcessors() {
        return spareProcessors;
    }

    PendingLogins pendingLogins() {
        return pendingLogins;
    }

    LineLimit complaints() {
        return complaints;
    }

    FailedLogins failedLogins() {
        return failedLogins;
    }

    /** One permit for each refused login that waits for its answer. */
    Semaphore refusals() {
        return refusals;
    }

    Optional<ChapUsers> discoveryUsers() {
        return offer.discoveryUsers();
    }

    boolean authenticates() {
        return offer.authenticates();
    }

    Challenges challenges() {
        return challenges;
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    Optional<IscsiTarget> findTarget(String name, int portalGroupTag) {
        return Optional.ofNullable(offer.targets().get(name))
                .filter(target -> target.isIn(portalGroupTag));
    }

    /** Tells whether a target is offered now, just as a login met it. */
    @SuppressWarnings("ReferenceEquality") // one that is equal but newer has other LUNs
    boolean offers(IscsiTarget target) {
        return offer.targets().get(target.name()) == target;
    }

    /** What SendTargets lists; {@code name} is empty for all. */
    List<String> sendTargets(
            String name, String initiatorName, InetAddress peer, PortalAddress connected) {
        Offer now = offer;
        List<IscsiTarget> asked =
                now.targets().values().stream()
                        .filter(target -> name.isEmpty() || target.name().equals(name))
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList();
        List<PortalAddress> all =
                portals.all().stream()
                        .map(portal -> new PortalAddress(portal.address(), portal.groupTag()))
                        .toList();
        return SendTargets.list(
                asked, initiatorName, peer, all, now.listsOnlyConnected(), connected);
    }

    CommandDispatcher dispatcher() {
        return dispatcher;
    }

    Qos qos() {
        return qos;
    }

    Metrics metrics() {
        return metrics;
    }

    FairShares shares() {
        return shares;
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
