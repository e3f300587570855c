package org.dbstore.server.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.SplittableRandom;

/** Goal: PDUs come out as they went in, however the bytes are cut, and an end is an end. */
@Timeout(20)
class PduReaderTest {
    private static final int CAPACITY_BYTES = 16 << 10;

    private SocketChannel peer;
    private SocketChannel ours;
    private PduReader reader;

    @BeforeEach
    void connect() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            peer = SocketChannel.open(server.getLocalAddress());
            ours = server.accept();
        }
        reader = new PduReader(ours, new NotWaiting(), ByteBuffer.allocateDirect(CAPACITY_BYTES));
    }

    @AfterEach
    void close() throws Exception {
        peer.close();
        ours.close();
    }

    @Test
    void twoPdusInOneSegmentAreTwoPdus() throws Exception {
        ByteBuffer both = ByteBuffer.allocate(2 * 48 + 8);
        both.put(pdu(1, new byte[] {1, 2, 3, 4, 5})).put(header(2, 0)).flip();
        peer.write(both);
        int header = reader.nextHeader();
        assertEquals(1, Bhs.initiatorTaskTag(reader.buffer(), header));
        reader.openData(header);
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, bytes(reader.data()));
        assertEquals(2, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    @Test
    void aPduByteByByteIsOnePdu() throws Exception {
        Thread sender = sendSlowly(pdu(7, new byte[] {9, 8, 7}));
        int header = reader.nextHeader();
        assertEquals(7, Bhs.initiatorTaskTag(reader.buffer(), header));
        reader.openData(header);
        assertArrayEquals(new byte[] {9, 8, 7}, bytes(reader.data()));
        sender.join();
    }

    @Test
    void dataThatWasNotTakenIsSkipped() throws Exception {
        peer.write(pdu(1, new byte[1001]));
        peer.write(header(2, 0));
        reader.openData(reader.nextHeader());
        assertEquals(2, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    @Test
    void dataAboveTheBufferIsReadPastIt() throws Exception {
        byte[] data = new byte[CAPACITY_BYTES * 2 + 3];
        new SplittableRandom(1).nextBytes(data);
        Thread sender = Thread.ofPlatform().start(() -> write(pdu(1, data)));
        reader.openData(reader.nextHeader());
        assertFalse(reader.dataFits());
        ByteBuffer target = ByteBuffer.allocateDirect(data.length);
        reader.readData(target);
        assertArrayEquals(data, bytes(target.flip()));
        sender.join();
        peer.write(header(2, 0));
        assertEquals(2, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    @Test
    void whatLiesBehindDataThatWasReadPastTheBufferIsNotKnownToBeNothing() throws Exception {
        Thread sender = Thread.ofPlatform().start(() -> write(pdu(1, new byte[100_000])));
        reader.openData(reader.nextHeader());
        reader.readData(ByteBuffer.allocateDirect(100_000));
        sender.join();
        assertTrue(reader.hasMore());
        write(header(2, 0));
        reader.openData(reader.nextHeader());
        assertFalse(reader.hasMore());
    }

    @Test
    void dataBeyondTheRoomForItIsSkipped() throws Exception {
        peer.write(pdu(1, new byte[] {1, 2, 3, 4, 5, 6}));
        peer.write(header(2, 0));
        reader.openData(reader.nextHeader());
        ByteBuffer target = ByteBuffer.allocate(2);
        reader.readData(target);
        assertArrayEquals(new byte[] {1, 2}, bytes(target.flip()));
        assertEquals(2, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    @Test
    void additionalHeadersLieBehindTheHeader() throws Exception {
        ByteBuffer pdu = ByteBuffer.allocate(48 + 8 + 4);
        pdu.put(4, (byte) 2).putInt(48, 0x11223344).putInt(52, 0x55667788);
        pdu.put(7, (byte) 1).put(56, (byte) 0x42);
        peer.write(pdu);
        int header = reader.openData(reader.nextHeader());
        assertEquals(0x11223344, reader.buffer().getInt(header + 48));
        assertArrayEquals(new byte[] {0x42}, bytes(reader.data()));
    }

    @Test
    void manyPdusThroughTheBufferStayInStep() throws Exception {
        SplittableRandom random = new SplittableRandom(42);
        int[] lengths = random.ints(3000, 0, 3000).toArray();
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; i < lengths.length; i++) {
                                write(pdu(i, new byte[lengths[i]]));
                            }
                        });
        for (int i = 0; i < lengths.length; i++) {
            int header = reader.nextHeader();
            assertEquals(i, Bhs.initiatorTaskTag(reader.buffer(), header));
            assertEquals(lengths[i], Bhs.dataBytes(reader.buffer(), header));
            reader.openData(header);
            if (i % 3 != 0) {
                assertEquals(lengths[i], reader.data().remaining());
            }
        }
        sender.join();
    }

    @Test
    void anEndBetweenPdusIsAnEnd() throws Exception {
        peer.write(header(1, 0));
        peer.shutdownOutput();
        reader.openData(reader.nextHeader());
        assertEquals(-1, reader.nextHeader());
    }

    @Test
    void anEndAtAnyByteWithinAPduIsAnError() throws Exception {
        ByteBuffer pdu = pdu(1, new byte[5]);
        for (int length = 1; length < pdu.capacity(); length++) {
            close();
            connect();
            peer.write(pdu.duplicate().clear().limit(length));
            peer.shutdownOutput();
            assertThrows(
                    EOFException.class,
                    () -> {
                        reader.openData(reader.nextHeader());
                        reader.data();
                    },
                    "cut after " + length);
        }
    }

    @Test
    void anotherBufferTakesOverWhatIsUnread() throws Exception {
        ByteBuffer both = ByteBuffer.allocate(2 * 48 + 8);
        both.put(pdu(1, new byte[] {1, 2, 3, 4, 5})).put(header(2, 0)).flip();
        peer.write(both);
        reader.openData(reader.nextHeader());
        reader.data();
        reader.exchange(ByteBuffer.allocateDirect(2 * CAPACITY_BYTES));
        assertEquals(2, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    @Test
    void moreSmallPdusThanFitCrowdTheBuffer() throws Exception {
        ByteBuffer many = ByteBuffer.allocate(CAPACITY_BYTES / Bhs.BYTES * 2 * Bhs.BYTES);
        while (many.hasRemaining()) {
            many.put(header(1, 0));
        }
        write(many.flip());
        assertTrue(reader.isCrowded(reader.nextHeader()));
        reader.exchange(ByteBuffer.allocateDirect(PduReader.CAPACITY_BYTES));
        assertFalse(reader.isCrowded(reader.nextHeader()), "it cannot become larger");
    }

    @Test
    void oneLargePduDoesNotCrowdIt() throws Exception {
        write(pdu(1, new byte[2 * CAPACITY_BYTES]));
        assertFalse(reader.isCrowded(reader.nextHeader()));
    }

    private static ByteBuffer header(int tag, int dataBytes) {
        ByteBuffer header = ByteBuffer.allocate(Bhs.BYTES);
        return header.putInt(4, dataBytes).putInt(16, tag);
    }

    private static ByteBuffer pdu(int tag, byte[] data) {
        ByteBuffer pdu = ByteBuffer.allocate(48 + data.length + Bhs.padding(data.length));
        return pdu.put(header(tag, data.length)).put(data).clear();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private void write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                peer.write(bytes);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Thread sendSlowly(ByteBuffer bytes) {
        return Thread.ofPlatform()
                .start(() -> {
                    for (int i = 0; i < bytes.capacity(); i++) {
                        write(bytes.slice(i, 1));
                    }
                });
    }

    /** A reader with nothing to send. */
    private static final class NotWaiting implements PduReader.Waiting {
        @Override
        public void beforeWaiting() {}

        @Override
        public void workBegins() {}
    }
}
