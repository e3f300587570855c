package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.audit.Audit;
import org.dbstore.server.iscsi.SendTargets.PortalAddress;
import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.jscsi.JscsiPdus;
import org.dbstore.server.iscsi.login.LoginFailure;
import org.dbstore.server.iscsi.login.LoginPhase;
import org.dbstore.server.iscsi.login.LoginPhase.Agreement;
import org.dbstore.server.iscsi.login.LoginStatus;
import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.Buffers;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.NegotiatedParameters;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.SessionRefused;
import org.dbstore.server.metrics.SessionMeter;
import org.dbstore.server.scsi.Nexus;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One TCP connection from accept to close. Everything in {@link #run} happens in the connection's
 * own platform thread, which blocks in the socket; whatever goes wrong in it costs this connection
 * only. The watchdog ends what takes too long by closing the socket.
 */
final class Connection implements LoginPhase.Host, Session.Link {
    private static final Logger LOG = LogManager.getLogger(Connection.class);
    private static final AtomicLong COUNT = new AtomicLong();

    private static final long SECOND_NANOS = 1_000_000_000L;

    /** From accept to the end of the login. */
    private static final long LOGIN_NANOS = 15 * SECOND_NANOS;

    /** From a login for discovery to its end. */
    private static final long DISCOVERY_NANOS = 60 * SECOND_NANOS;

    /** Most commands of a discovery session at once. */
    private static final int DISCOVERY_COMMANDS = 16;

    /** How long the end of a session waits for its tasks: as long as they take. */
    private static final long FOREVER_MILLIS = Long.MAX_VALUE / 2_000_000;

    /** For a peer that was refused to take note of it. */
    private static final long LINGER_NANOS = 2 * SECOND_NANOS;

    /** Silence after which the initiator is asked whether it is still there. */
    private static final long IDLE_NANOS = 30 * SECOND_NANOS;

    /** For its answer, and for any progress of a write. */
    private static final long STUCK_NANOS = 30 * SECOND_NANOS;

    /** For the data that an R2T asked for. */
    private static final long DATA_OUT_NANOS = 60 * SECOND_NANOS;

    private final IscsiServer server;
    private final Portal portal;
    private final SocketChannel channel;
    private final InetSocketAddress peer;
    private final InetSocketAddress local;
    private final Buffers buffers;
    private final String name = "dbs-connection-" + COUNT.incrementAndGet();
    private final PduWriter writer;
    private final PduReader reader;
    private final LoginPhase login;
    private volatile @Nullable Session session;
    private volatile boolean loggingIn = true;
    private volatile boolean closesWhenIdle;

    /** When to close come what may (System.nanoTime). */
    private volatile long deadlineNanos = System.nanoTime() + LOGIN_NANOS;

    private volatile boolean hasDeadline = true;
    private volatile long lastHeardNanos = System.nanoTime();
    private volatile long askedNanos;

    /** Takes over a connection; the receive buffer is the server's and given back at the end. */
    Connection(
            IscsiServer server,
            Portal portal,
            SocketChannel channel,
            InetSocketAddress peer,
            InetSocketAddress local,
            ByteBuffer receiveBuffer) {
        this.server = server;
        this.portal = portal;
        this.channel = channel;
        this.peer = peer;
        this.local = local;
        this.buffers = server.shares().newShare();
        this.writer = new PduWriter(channel, buffers, name, this::disconnect);
        this.reader = new PduReader(channel, writer, receiveBuffer);
        this.login = new LoginPhase(reader, writer, this);
    }

    void start() {
        Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    /** Closes the socket, which ends the connection's thread. From any thread; does not wait. */
    @Override
    public void disconnect() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("{}: closing", name, e);
        }
    }

    @Override
    public void disconnectSoon() {
        closesWhenIdle = true;
        deadlineNanos = System.nanoTime() + LINGER_NANOS;
        hasDeadline = true;
        if (writer.isIdle()) {
            disconnect();
        }
    }

    @Override
    public InetSocketAddress peer() {
        return peer;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    /** What the watchdog does now and then. */
    void check(long nowNanos) {
        Session open = session;
        String reason = null;
        if (closesWhenIdle && writer.isIdle()) {
            disconnect();
        } else if (hasDeadline && nowNanos - deadlineNanos > 0) {
            reason = "its time is up";
        } else if (writer.stuckNanos(nowNanos) > STUCK_NANOS) {
            reason = "it takes nothing we send";
        } else if (open != null && open.awaitingDataNanos(nowNanos) > DATA_OUT_NANOS) {
            reason = "data that was asked for does not come";
        } else if (!hasDeadline && nowNanos - lastHeardNanos > IDLE_NANOS) {
            if (askedNanos - lastHeardNanos <= 0) {
                askedNanos = nowNanos;
                writer.queueRendered(
                        JscsiPdus.nopIn(0, Bhs.RESERVED_TAG, 1, new byte[0]),
                        PduWriter.StatusNumber.NEXT);
            } else if (nowNanos - askedNanos > STUCK_NANOS) {
                reason = "no answer to a NOP-In";
            }
        }
        if (reason != null) {
            complain("{} from {} is closed: {}", reason);
            disconnect();
        }
    }

    /** Tells whether nobody has logged in yet, be it for discovery. */
    boolean isLoggingIn() {
        return loggingIn;
    }

    /** Tells whether a login is under way at a portal that is gone. */
    boolean comesInVain() {
        return loggingIn && !portal.isOpen();
    }

    /** The initiator has been heard. */
    void heard() {
        lastHeardNanos = System.nanoTime();
    }

    /** When it was heard last (System.nanoTime). */
    long lastHeardNanos() {
        return lastHeardNanos;
    }

    IscsiServer server() {
        return server;
    }

    String name() {
        return name;
    }

    /** By which address the initiator came. */
    PortalAddress connectedAddress() {
        return new PortalAddress(local, portal.groupTag());
    }

    @Override
    public Optional<IscsiTarget> findTarget(String targetName) {
        return server.findTarget(targetName, portal.groupTag());
    }

    @Override
    public Optional<ChapUsers> discoveryUsers() {
        return server.discoveryUsers();
    }

    @Override
    public boolean authenticates() {
        return server.authenticates();
    }

    @Override
    public Challenges challenges() {
        return server.challenges();
    }

    @Override
    public InetAddress peerAddress() {
        return peer.getAddress();
    }

    @Override
    public int portalGroupTag() {
        return portal.groupTag();
    }

    @Override
    public boolean hasSession(int handle) {
        return server.sessions().has(handle);
    }

    @Override
    public int open(Agreement agreement) throws LoginFailure {
        Optional<IscsiTarget> target = agreement.target();
        agreement
                .window()
                .open(target.map(found -> found.terms().commandsMax()).orElse(DISCOVERY_COMMANDS));
        if (target.isEmpty()) {
            // A discovery session is this connection and nothing else; the handle only has to be
            // set.
            return 1;
        }
        Nexus nexus =
                new Nexus(
                        agreement.initiatorName(),
                        agreement.isid(),
                        target.get().name(),
                        portal.groupTag());
        Session opened = openSession(nexus, target.get(), agreement);
        if (!portal.isOpen()
                || portal.groupTag() != nexus.portalGroupTag()
                || !server.offers(target.get())) {
            // Whoever changed that may not have seen this session; the initiator tries again.
            server.sessions().close(opened);
            throw new LoginFailure(
                    LoginStatus.SERVICE_UNAVAILABLE,
                    target.get().name() + " was changed during the login");
        }
        session = opened;
        server.sessions().establish(opened);
        return opened.handle();
    }

    private Session openSession(Nexus nexus, IscsiTarget target, Agreement agreement)
            throws LoginFailure {
        try {
            return server.sessions()
                    .open(
                            nexus,
                            agreement.userName(),
                            target.terms().sessionsMax(),
                            handle ->
                                    new Session(
                                            nexus,
                                            handle,
                                            target,
                                            agreement.userName(),
                                            agreement.keys().parameters(),
                                            server.dispatcher(),
                                            buffers,
                                            writer,
                                            agreement.window(),
                                            this,
                                            server.metrics().open(labels(nexus, handle), writer),
                                            server.qos()
                                                    .openInitiator(
                                                            nexus.targetName(),
                                                            nexus.initiatorName())));
        } catch (SessionRefused e) {
            LoginStatus status =
                    switch (e.reason()) {
                        case NOT_THEIRS -> LoginStatus.AUTHORIZATION_FAILURE;
                        case TOO_MANY, STILL_BUSY -> LoginStatus.OUT_OF_RESOURCES;
                    };
            throw new LoginFailure(status, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a connection's thread", e);
        }
    }

    private SessionMeter.Labels labels(Nexus nexus, int handle) {
        return new SessionMeter.Labels(
                handle, nexus.initiatorName(), nexus.targetName(), peer, local);
    }

    private void run() {
        boolean closes = true;
        try {
            Optional<Agreement> agreement = login.run();
            if (agreement.isPresent()) {
                serve(agreement.get());
                lastWords();
            }
        } catch (LoginFailure e) {
            complain("{}: login from {} refused: {}", e.status() + ", " + e.getMessage());
            Audit.refusedLogin(
                    login.initiatorName(),
                    peer.getAddress().getHostAddress(),
                    login.targetName(),
                    e.status() + ", " + e.getMessage());
            if (e.status() == LoginStatus.AUTHENTICATION_FAILURE) {
                closes = !refuseLater();
            } else {
                linger();
            }
        } catch (ProtocolException e) {
            complain("{} from {} is closed: {}", String.valueOf(e.getMessage()));
            linger();
        } catch (IOException e) {
            LOG.debug(
                    "{} from {} is lost: {}",
                    name,
                    peer.getAddress().getHostAddress(),
                    e.toString());
        } catch (RuntimeException e) {
            LOG.error(
                    "{} from {} is closed by a defect of ours",
                    name,
                    peer.getAddress().getHostAddress(),
                    e);
        } finally {
            server.pendingLogins().ended(this);
            if (closes) {
                close();
            }
        }
    }

    private void serve(Agreement agreement) throws IOException, ProtocolException {
        heard();
        loggingIn = false;
        NegotiatedParameters parameters = agreement.keys().parameters();
        reader.expectDigests(parameters.headerDigest(), parameters.dataDigest());
        writer.addDigests(parameters.headerDigest(), parameters.dataDigest());
        logLogin(agreement);
        if (session == null) {
            // Anybody may discover, so it counts as a login until it is over.
            deadlineNanos = System.nanoTime() + DISCOVERY_NANOS;
        } else {
            hasDeadline = false;
            server.pendingLogins().ended(this);
            reader.polls(writer, server.spareProcessors());
        }
        receiveInto(PduReader.IDLE_CAPACITY_BYTES);
        new FullFeaturePhase(this, reader, writer, agreement, session).run();
    }

    /**
     * Has the answer to a failed authentication wait, which costs no thread and no place among the
     * logins.
     *
     * @return false if so many wait already that this one gets no answer
     */
    private boolean refuseLater() {
        long now = System.nanoTime();
        long delayMillis =
                server.failedLogins().delayMillis(peer.getAddress(), login.initiatorName(), now);
        if (!server.refusals().tryAcquire()) {
            return false;
        }
        deadlineNanos = now + delayMillis * 1_000_000 + LINGER_NANOS;
        Thread.ofVirtual()
                .name(name + "-refusal")
                .start(() -> {
                    try {
                        Thread.sleep(delayMillis);
                        linger();
                    } catch (InterruptedException e) {
                        LOG.error("{}: nobody interrupts a refusal", name, e);
                    } finally {
                        server.refusals().release();
                        close();
                    }
                });
        return true;
    }

    /** Logs what the peer did; braces for our name, its address, what it was. */
    private void complain(String message, String what) {
        server.complaints()
                .warn(
                        LOG,
                        System.nanoTime(),
                        message,
                        name,
                        peer.getAddress().getHostAddress(),
                        what);
    }

    /** Receives into a larger buffer from now on, if there is one to be had. */
    void growReceiveBuffer() {
        receiveInto(PduReader.CAPACITY_BYTES);
    }

    private void receiveInto(int capacityBytes) {
        ByteBuffer other =
                reader.unreadBytes() <= capacityBytes
                        ? server.receiveBuffers().tryTake(capacityBytes)
                        : null;
        if (other != null) {
            server.receiveBuffers().giveBack(reader.exchange(other));
        }
    }

    private void logLogin(Agreement agreement) {
        Audit.login(
                agreement.initiatorName(),
                peer.getAddress().getHostAddress(),
                agreement.target().map(IscsiTarget::name).orElse("discovery"),
                agreement.userName());
        LOG.debug(
                "{}: {} at {} has logged in to {}",
                name,
                agreement.initiatorName(),
                peer.getAddress().getHostAddress(),
                agreement.target().map(IscsiTarget::name).orElse("discovery"));
    }

    /**
     * Sends the last words and waits until the peer has closed too: closing at once would reset the
     * connection if something unread is left, and the answer might be lost.
     */
    private void linger() {
        try {
            lastWords();
            channel.shutdownOutput();
            ByteBuffer waste = reader.buffer().clear();
            while (channel.read(waste) >= 0) {
                waste.clear();
            }
        } catch (IOException e) {
            LOG.debug("{}: the peer did not wait for an answer: {}", name, e.toString());
        }
    }

    /** Sends what is queued; the watchdog ends it if the peer does not take it. */
    private void lastWords() throws IOException {
        deadlineNanos = System.nanoTime() + LINGER_NANOS;
        hasDeadline = true;
        writer.drain();
    }

    private void close() {
        disconnect();
        writer.close();
        Session open = session;
        if (open != null) {
            open.connectionLost();
            try {
                // Commands that are being executed run on; a new session of this nexus waits for
                // them.
                open.end(FOREVER_MILLIS);
            } catch (InterruptedException e) {
                LOG.error("{}: nobody interrupts a connection's thread", name, e);
            }
            server.sessions().close(open);
            server.metrics().close(open.meter());
            server.qos().closeInitiator(open.nexus().targetName(), open.nexus().initiatorName());
            LOG.debug("{}: session of {} ended", name, open.nexus().initiatorName());
            Audit.logout(
                    open.nexus().initiatorName(),
                    peer.getAddress().getHostAddress(),
                    open.nexus().targetName());
        }
        server.receiveBuffers().giveBack(reader.buffer());
        server.forget(this);
    }
}
