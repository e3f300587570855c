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

    /** RFC 7143, section 11.7: bursts end in FINAL, the last PDU has the status. */
    @Test
    void aSequenceOfDataInIsCutAsItIsSent() throws IOException {
        byte[] bytes = new byte[5000];
        new java.util.SplittableRandom(5).nextBytes(bytes);
        OutPdu pdu = writer.take();
        Bhs.begin(pdu.head, Bhs.DATA_IN, Bhs.FINAL | 0x01, bytes.length, 0, 7);
        writer.queueDataIn(
                pdu.ready(), ByteBuffer.wrap(bytes), 512, 1500, pool.tryTake(bytes.length));
        queue(8, StatusNumber.OWN);
        writer.flush();

        int[] counts = {512, 512, 476, 512, 512, 476, 512, 512, 476, 500};
        ByteBuffer sent = receive(11 * 48 + bytes.length);
        int at = 0;
        int offset = 0;
        for (int number = 0; number < counts.length; number++) {
            boolean last = number == counts.length - 1;
            assertEquals(counts[number], Bhs.dataBytes(sent, at));
            assertEquals(7, Bhs.initiatorTaskTag(sent, at));
            assertEquals(number, Bhs.dataSequenceNumber(sent, at));
            assertEquals(offset, Bhs.bufferOffset(sent, at));
            int flags = last ? 0x81 : number % 3 == 2 ? 0x80 : 0;
            assertEquals(flags, Bhs.flags(sent, at), "PDU " + number);
            assertEquals(last ? 1 : 0, sent.getInt(at + 24), "StatSN");
            byte[] part = new byte[counts[number]];
            sent.get(at + 48, part);
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(bytes, offset, offset + part.length), part);
            at += 48 + part.length;
            offset += part.length;
        }
        assertEquals(8, Bhs.initiatorTaskTag(sent, at));
        assertEquals(2, sent.getInt(at + 24));
        assertEquals(0, pool.lentBytes());
    }

    @Test
    void aSequenceThatIsNeverSentGivesItsBufferBack() {
        OutPdu pdu = writer.take();
        Bhs.begin(pdu.head, Bhs.DATA_IN, Bhs.FINAL, 8192, 0, 7);
        ByteBuffer lent = pool.tryTake(8192);
        writer.queueDataIn(pdu.ready(), ByteBuffer.allocate(8192), 512, 8192, lent);
        writer.close();
        assertEquals(0, pool.lentBytes());
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
