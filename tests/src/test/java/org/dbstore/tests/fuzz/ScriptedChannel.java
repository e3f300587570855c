package org.dbstore.tests.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * A connection without a network: reads what its script has, in pieces of a fixed size, keeps what
 * is written. An empty piece is the end of the stream.
 */
final class ScriptedChannel extends SocketChannel {
    /** What the peer does. */
    interface Peer {
        /**
         * Says what it sends next.
         *
         * @param received all that was written to it since it was asked last
         * @return empty = it closes
         */
        byte[] send(byte[] received);
    }

    private final Peer peer;
    private final int pieceBytes;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private ByteBuffer arriving = ByteBuffer.allocate(0);
    private boolean ended;

    /**
     * Creates a connection.
     *
     * @param pieceBytes most bytes of one read, at least 1
     */
    ScriptedChannel(Peer peer, int pieceBytes) {
        super(SelectorProvider.provider());
        this.peer = peer;
        this.pieceBytes = pieceBytes;
    }

    /** What was written since the peer was asked last. */
    byte[] unheard() {
        return written.toByteArray();
    }

    @Override
    public int read(ByteBuffer target) {
        if (!arriving.hasRemaining() && !ended) {
            byte[] received = written.toByteArray();
            written.reset();
            arriving = ByteBuffer.wrap(peer.send(received));
            ended = !arriving.hasRemaining();
        }
        if (ended) {
            return -1;
        }
        int count = Math.min(Math.min(pieceBytes, arriving.remaining()), target.remaining());
        target.put(arriving.slice(arriving.position(), count));
        arriving.position(arriving.position() + count);
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
        int count = source.remaining();
        while (source.hasRemaining()) {
            written.write(source.get());
        }
        return count;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(sources[i]);
        }
        return count;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 3260);
    }

    @Override
    public SocketAddress getLocalAddress() {
        return getRemoteAddress();
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        return true;
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        ended = true;
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
