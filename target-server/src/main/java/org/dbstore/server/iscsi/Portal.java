package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** An address that is listened on. Its thread accepts and does nothing else: it never reads. */
final class Portal {
    private static final Logger LOG = LogManager.getLogger(Portal.class);
    private static final int BACKLOG = 512;

    /** Pause when the system is out of descriptors. */
    private static final long RETRY_NANOS = 100_000_000L;

    /** How long closing waits for the thread that accepts; it is there within milliseconds. */
    private static final Duration LAST_ACCEPT = Duration.ofSeconds(5);

    private final IscsiServer server;
    private final ServerSocketChannel channel;
    private final InetSocketAddress wanted;
    private final InetSocketAddress address;
    private volatile int groupTag;
    private @Nullable Thread acceptor;

    private Portal(
            IscsiServer server,
            ServerSocketChannel channel,
            InetSocketAddress wanted,
            InetSocketAddress address,
            int groupTag) {
        this.server = server;
        this.channel = channel;
        this.wanted = wanted;
        this.address = address;
        this.groupTag = groupTag;
    }

    static Portal bind(IscsiServer server, InetSocketAddress address, int groupTag)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, BACKLOG);
            return new Portal(
                    server,
                    channel,
                    address,
                    (InetSocketAddress) channel.getLocalAddress(),
                    groupTag);
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "cannot listen on "
                            + address.getAddress().getHostAddress()
                            + " port "
                            + address.getPort()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    void start() {
        acceptor =
                Thread.ofPlatform()
                        .daemon()
                        .name("dbs-portal-" + address.getPort())
                        .start(this::accept);
    }

    /** As it was asked for; the port may be 0. */
    InetSocketAddress wanted() {
        return wanted;
    }

    /** As it is bound. */
    InetSocketAddress address() {
        return address;
    }

    /** Target portal group tag, 1..65535. */
    int groupTag() {
        return groupTag;
    }

    /** Later logins are in another portal group. */
    void regroup(int tag) {
        groupTag = tag;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Tells whether an address cannot be bound while this one is. */
    boolean excludes(InetSocketAddress other) {
        InetAddress mine = address.getAddress();
        InetAddress theirs = other.getAddress();
        return other.getPort() == address.getPort()
                && (mine.equals(theirs) || mine.isAnyLocalAddress() || theirs.isAnyLocalAddress());
    }

    /**
     * Stops listening. The address is free then: the system listens on as long as a thread is in an
     * accept, closed or not, so that is waited for.
     */
    void close() {
        try {
            channel.close();
            if (acceptor != null && !acceptor.join(LAST_ACCEPT)) {
                LOG.warn("portal {} is closed, but its last accept does not end", address);
            }
        } catch (IOException e) {
            LOG.warn("closing portal {}", address, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the closing of a portal", e);
        }
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel accepted = channel.accept();
                try {
                    accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    server.accept(accepted, this);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("a connection was lost as it was accepted: {}", e.toString());
                    accepted.close();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.error("portal {} cannot accept: {}", address, e.getMessage());
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }
}
