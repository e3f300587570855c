package org.dbstore.server.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.pdu.PduWriter.OutPdu;
import org.dbstore.server.iscsi.pdu.PduWriter.StatusNumber;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Goal: PDUs leave whole, in the order of their StatSN, whoever queues them. */
@Timeout(30)
class PduWriterTest {
    private final BufferPool pool = new BufferPool(64 << 20);
    private SocketChannel peer;
    private SocketChannel ours;
    private PduWriter writer;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            peer = SocketChannel.open(server.getLocalAddress());
            ours = server.accept();
        }
        writer = new PduWriter(ours, pool, "test", () -> {});
    }

    @AfterEach
    void close() throws IOException {
        writer.close();
        peer.close();
        ours.close();
    }

    @Test
    void dataIsPaddedToAMultipleOfFour() throws IOException {
        queue(1, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}), null);
        writer.flush();
        ByteBuffer sent = receive(48 + 8);
        assertEquals(5, Bhs.dataBytes(sent, 0));
        byte[] data = new byte[8];
        sent.get(48, data);
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 0, 0, 0}, data);
    }

    @Test
    void eachStatusHasTheNextNumberAndAQuestionBorrowsIt() throws IOException {
        queue(1, StatusNumber.OWN);
        queue(2, StatusNumber.NEXT);
        queue(3, StatusNumber.OWN);
        queue(4, StatusNumber.NONE);
        writer.flush();
        ByteBuffer sent = receive(4 * 48);
        int first = sent.getInt(24);
        assertEquals(first + 1, sent.getInt(48 + 24));
        assertEquals(first + 1, sent.getInt(96 + 24));
        assertEquals(0, sent.getInt(144 + 24));
    }

    @Test
    void whatIsQueuedWhileTheReaderWorksLeavesWhenItIsDone() throws IOException {
        writer.beforeWaiting();
        writer.workBegins();
        queue(1, StatusNumber.OWN);
        peer.configureBlocking(false);
        assertEquals(0, peer.read(ByteBuffer.allocate(1)));
        peer.configureBlocking(true);
        writer.beforeWaiting();
        assertEquals(1, Bhs.initiatorTaskTag(receive(48), 0));
    }

    @Test
    void whatIsQueuedWhileTheReaderWaitsLeavesAtOnce() throws IOException {
        writer.beforeWaiting();
        queue(1, StatusNumber.OWN);
        assertEquals(1, Bhs.initiatorTaskTag(receive(48), 0));
        queue(2, StatusNumber.OWN);
        assertEquals(2, Bhs.initiatorTaskTag(receive(48), 0));
    }

    @Test
    void manyThreadsQueueAndNothingIsLostOrOutOfOrder() throws Exception {
        int threads = 4;
        int each = 5000;
        writer.beforeWaiting();
        List<Thread> queuers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            queuers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    queue(i, StatusNumber.OWN);
                                }
                            }));
        }
        ByteBuffer sent = receive(threads * each * 48);
        int first = sent.getInt(24);
        for (int i = 0; i < threads * each; i++) {
            assertEquals(first + i, sent.getInt(i * 48 + 24));
        }
        for (Thread thread : queuers) {
            thread.join();
        }
    }

    @Test
    void aPeerThatTakesNothingHoldsUpNobodyWhoQueues() throws IOException {
        writer.beforeWaiting();
        for (int i = 0; i < 200; i++) {
            ByteBuffer lent = pool.tryTake(64 << 10);
            assertNotNull(lent);
            queue(i, lent.duplicate(), lent);
        }
        long end = System.nanoTime() + 10_000_000_000L;
        while (writer.stuckNanos(System.nanoTime()) < 50_000_000L) {
            assertTrue(System.nanoTime() < end, "a write that is stuck was not noticed");
            Thread.onSpinWait();
        }
    }

    @Test
    void buffersComeBackWhenTheyAreSent() throws IOException {
        ByteBuffer lent = pool.tryTake(4096);
        assertNotNull(lent);
        queue(1, lent.duplicate(), lent);
        writer.flush();
        receive(48 + 4096);
        assertEquals(0, pool.lentBytes());
    }

    @Test
    void buffersComeBackWhenTheConnectionIsClosed() {
        ByteBuffer first = pool.tryTake(4096);
        ByteBuffer second = pool.tryTake(4096);
        assertNotNull(first);
        assertNotNull(second);
        queue(1, first.duplicate(), first);
        writer.close();
        queue(2, second.duplicate(), second);
        assertEquals(0, pool.lentBytes());
        assertThrows(ClosedChannelException.class, () -> writer.flush());
    }

    private void queue(int tag, StatusNumber number) {
        OutPdu pdu = writer.take();
        Bhs.begin(pdu.head, Bhs.SCSI_RESPONSE, Bhs.FINAL, 0, 0, tag);
        writer.queue(pdu.ready(), number, null, null);
    }

    private void queue(int tag, ByteBuffer data, @Nullable ByteBuffer lent) {
        OutPdu pdu = writer.take();
        Bhs.begin(pdu.head, Bhs.DATA_IN, Bhs.FINAL, data.remaining(), 0, tag);
        writer.queue(pdu.ready(), StatusNumber.OWN, data, lent);
    }

    private ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(bytes);
        while (received.hasRemaining()) {
            assertTrue(peer.read(received) >= 0, "closed early");
        }
        return received.clear();
    }
}
