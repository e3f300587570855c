package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.iscsi.SendTargets.PortalAddress;
import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.auth.FailedLogins;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.FairShares;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.server.iscsi.session.Sessions;
import org.dbstore.server.iscsi.session.TaskBarrier;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.SenseCode;
import org.jspecify.annotations.Nullable;

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
import java.util.concurrent.CountDownLatch;
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
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** How long a shutdown waits for initiators to log out. */
    private static final int LOGOUT_SECONDS = 2;

    /** Then for commands under way, all of them together. */
    private static final long SESSION_END_MILLIS = 10_000;

    /** Then for their answers to be sent. */
    private static final int FLUSH_SECONDS = 3;

    private static final long POLL_MILLIS = 10;

    private final Map<String, IscsiTarget> targets = new HashMap<>();
    private final Optional<ChapUsers> discoveryUsers;
    private final boolean authenticates;
    private final Challenges challenges = new Challenges();
    private final FailedLogins failedLogins = new FailedLogins();
    private final Semaphore refusals = new Semaphore(REFUSALS_MAX);
    private final PendingLogins pendingLogins = new PendingLogins();
    private final Complaints complaints = new Complaints();
    private final boolean listOnlyConnected;
    private final CommandDispatcher dispatcher;
    private final FairShares shares;
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
    private volatile boolean draining;
    private volatile boolean closed;

    /**
     * Creates a server that does not listen yet.
     *
     * @param targets names are unique
     * @param discoveryUsers who may ask for targets; empty = everybody
     * @param listOnlyConnected true if SendTargets lists just the address by which the initiator
     *     came
     * @param dispatcher executes commands
     * @param shares of the memory for data in flight, one for each connection
     */
    public IscsiServer(
            Collection<IscsiTarget> targets,
            Optional<ChapUsers> discoveryUsers,
            boolean listOnlyConnected,
            CommandDispatcher dispatcher,
            FairShares shares) {
        for (IscsiTarget target : targets) {
            this.targets.put(target.name(), target);
        }
        this.discoveryUsers = discoveryUsers;
        this.authenticates =
                discoveryUsers.isPresent()
                        || targets.stream().anyMatch(target -> target.terms().users().isPresent());
        this.listOnlyConnected = listOnlyConnected;
        this.dispatcher = dispatcher;
        dispatcher.abortsThrough(taskManagement::abort);
        this.shares = shares;
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

    /** Tells whether a target of that name is served. */
    public boolean hasTarget(String name) {
        return targets.containsKey(name);
    }

    /**
     * Adds a logical unit to what a target shows those who see all of it, and tells them.
     *
     * @param targetName one that is served
     * @param number 0..{@link LunMap#NUMBER_MAX}
     * @param unit for this mapping alone
     * @return false if the number is taken
     */
    public boolean map(String targetName, int number, LogicalUnit unit) {
        LunMap luns = target(targetName).luns();
        if (!luns.map(number, unit)) {
            return false;
        }
        for (Session session : sessions.all()) {
            if (session.luns() == luns) {
                unit.nexusEstablished(session.nexus());
            }
        }
        reportedLunsChanged(List.of(luns));
        return true;
    }

    /**
     * Takes a logical unit away from all who see it through a target, and tells them. Returns when
     * no command can change it any more.
     *
     * @param targetName one that is served
     * @param number in the target's own map
     * @return the unit; null if there is none
     */
    public @Nullable LogicalUnit unmap(String targetName, int number) throws InterruptedException {
        IscsiTarget target = target(targetName);
        LogicalUnit unit = target.luns().find((long) number << LunMap.NUMBER_SHIFT);
        if (unit == null) {
            return null;
        }
        Map<LunMap, Collection<Integer>> gone = new HashMap<>();
        gone.put(target.luns(), target.luns().unmap(unit));
        for (IscsiTarget.View view : target.terms().views()) {
            gone.put(view.luns(), view.luns().unmap(unit));
        }
        // A command that found the unit before is in its session's task set by now.
        CountDownLatch ended = new CountDownLatch(1);
        TaskBarrier barrier = new TaskBarrier(ended::countDown);
        for (Session session : sessions.all()) {
            Collection<Integer> numbers = gone.getOrDefault(session.luns(), List.of());
            if (!numbers.isEmpty()) {
                session.abort(task -> numbers.contains(LunMap.number(task.lun())), barrier);
                unit.nexusLost(session.nexus());
            }
        }
        barrier.arrive();
        ended.await();
        gone.values().removeIf(Collection::isEmpty);
        reportedLunsChanged(gone.keySet());
        return unit;
    }

    private IscsiTarget target(String name) {
        IscsiTarget target = targets.get(name);
        if (target == null) {
            throw new IllegalArgumentException("no target " + name);
        }
        return target;
    }

    /** By a unit attention, and by an asynchronous message, on which Linux rescans. */
    private void reportedLunsChanged(Collection<LunMap> changed) {
        for (Session session : sessions.all()) {
            if (changed.stream().anyMatch(luns -> luns == session.luns())) {
                session.luns().units().forEach(unit -> unit.reportedLunsChanged(session.nexus()));
                session.reportEvent(0, SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
            }
        }
    }

    /**
     * Stops listening, asks the initiators to log out, lets what is under way come to its end, then
     * ends every session. Each step is bounded in time.
     */
    @Override
    public void close() {
        draining = true;
        portals.forEach(Portal::close);
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
        Connection connection = new Connection(this, portal, channel, remote, receiveBuffer);
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

    PendingLogins pendingLogins() {
        return pendingLogins;
    }

    Complaints complaints() {
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
