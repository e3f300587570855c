package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/** An address that is listened on. Its thread accepts and does nothing else: it never reads. */
final class Portal {
    private static final Logger LOG = LogManager.getLogger(Portal.class);
    private static final int BACKLOG = 512;

    /** Pause when the system is out of descriptors. */
    private static final long RETRY_NANOS = 100_000_000L;

    private final IscsiServer server;
    private final ServerSocketChannel channel;
    private final InetSocketAddress address;
    private final int groupTag;

    private Portal(
            IscsiServer server,
            ServerSocketChannel channel,
            InetSocketAddress address,
            int groupTag) {
        this.server = server;
        this.channel = channel;
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
                    server, channel, (InetSocketAddress) channel.getLocalAddress(), groupTag);
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
        Thread.ofPlatform().daemon().name("dbs-portal-" + address.getPort()).start(this::accept);
    }

    InetSocketAddress address() {
        return address;
    }

    int groupTag() {
        return groupTag;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("closing portal {}", address, e);
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
