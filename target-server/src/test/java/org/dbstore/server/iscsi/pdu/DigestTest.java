package org.dbstore.server.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.pdu.PduWriter.OutPdu;
import org.dbstore.server.iscsi.pdu.PduWriter.StatusNumber;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Goal: headers and data carry their CRC32C both ways, and what does not fit is noticed. */
@Timeout(20)
class DigestTest {
    private static final int CAPACITY_BYTES = 16 << 10;

    private final BufferPool pool = new BufferPool(64 << 20);
    private SocketChannel left;
    private SocketChannel right;
    private PduWriter writer;
    private PduReader reader;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            left = SocketChannel.open(server.getLocalAddress());
            right = server.accept();
        }
        writer = new PduWriter(left, pool, "test", () -> {});
        reader = new PduReader(right, new NotWaiting(), ByteBuffer.allocateDirect(CAPACITY_BYTES));
    }

    @AfterEach
    void close() throws IOException {
        writer.close();
        left.close();
        right.close();
    }

    /** RFC 7143, appendix A.4 (CRC examples). */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000000000000000000000000000000000000000000000000000, aa36918a",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff, 43aba862",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, 4e79dd46",
        "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100, 5cdb3f11"
    })
    void theDigestIsThatOfTheStandard(String data, String expected) {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(data));
        int value = new Crc32cDigest().reset().add(bytes, 0, bytes.capacity()).value();
        assertEquals(expected, HexFormat.of().toHexDigits(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 511, 8192, 100_003})
    void whatIsSentIsWhatIsReceived(int length) throws Exception {
        for (int which = 1; which <= 3; which++) {
            boolean ofHeaders = (which & 1) != 0;
            boolean ofData = (which & 2) != 0;
            writer.addDigests(ofHeaders, ofData);
            reader.expectDigests(ofHeaders, ofData);
            byte[] data = new byte[length];
            new SplittableRandom(length).nextBytes(data);
            queue(length, data);
            queueInline(7, new byte[] {1, 2, 3, 4});
            Thread sender = Thread.ofPlatform().start(this::flush);

            int header = reader.openData(reader.nextHeader());
            assertEquals(length, Bhs.initiatorTaskTag(reader.buffer(), header));
            ByteBuffer received = ByteBuffer.allocateDirect(length);
            if (reader.dataFits() && which == 1) {
                received.put(reader.data());
            } else {
                reader.readData(received);
            }
            byte[] bytes = new byte[length];
            received.flip().get(bytes);
            assertArrayEquals(data, bytes);
            assertFalse(reader.isDataDamaged());

            header = reader.openData(reader.nextHeader());
            assertEquals(7, Bhs.initiatorTaskTag(reader.buffer(), header));
            assertEquals(0x01020304, reader.data().getInt());
            assertFalse(reader.isDataDamaged());
            sender.join();
        }
    }

    @Test
    void eachBitOfAHeaderCounts() throws Exception {
        writer.addDigests(true, false);
        byte[] sent = sent(52, 0);
        for (int bit = 0; bit < sent.length * 8; bit += 7) {
            connectAnew();
            reader.expectDigests(true, false);
            left.write(ByteBuffer.wrap(flipped(sent, bit)));
            left.shutdownOutput();
            // A length of AHS that is damaged makes the header longer than what there is.
            assertThrows(Exception.class, reader::nextHeader, "bit " + bit);
        }
    }

    @Test
    void theHeaderDigestCoversTheAdditionalHeaders() throws Exception {
        ByteBuffer pdu = ByteBuffer.allocate(48 + 8 + 4);
        pdu.putInt(4, 2 << 24).putLong(48, 0x0005_0100_aabb_ccddL);
        pdu.putInt(56, new Crc32cDigest().reset().add(pdu, 0, 56).value());
        reader.expectDigests(true, false);
        left.write(pdu);
        int header = reader.openData(reader.nextHeader());
        assertEquals(8, Bhs.ahsBytes(reader.buffer(), header));
        left.write(ByteBuffer.wrap(flipped(pdu.array(), 50 * 8)));
        assertThrows(ProtocolException.class, reader::nextHeader);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 4096, 100_001})
    void eachBitOfTheDataCounts(int length) throws Exception {
        writer.addDigests(false, true);
        int total = 48 + length + Bhs.padding(length) + 4;
        byte[] sent = sent(total, length);
        for (int i = 0; i < 12; i++) {
            int bit = 48 * 8 + (int) ((long) i * (total - 49) * 8 / 11);
            reader.expectDigests(false, true);
            byte[] damaged = flipped(sent, bit);
            Thread sender = Thread.ofPlatform().start(() -> write(damaged));
            reader.openData(reader.nextHeader());
            switch (i % 3) {
                case 0 -> reader.readData(ByteBuffer.allocateDirect(length));
                case 1 -> reader.readData(ByteBuffer.allocate(length));
                default -> reader.readData(ByteBuffer.allocateDirect(length / 2));
            }
            assertTrue(reader.isDataDamaged(), "bit " + bit);
            assertEquals(length, Bhs.dataBytes(reader.damagedHeader(), 0));
            sender.join();
        }
        // The stream is still in step.
        left.write(ByteBuffer.wrap(sent, 0, 48).put(7, (byte) 0).put(6, (byte) 0).put(5, (byte) 0));
        assertEquals(1, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    @Test
    void dataThatIsSkippedTakesItsDigestWithIt() throws Exception {
        writer.addDigests(true, true);
        reader.expectDigests(true, true);
        queue(1, new byte[1001]);
        queue(2, new byte[0]);
        writer.flush();
        reader.openData(reader.nextHeader());
        assertEquals(2, Bhs.initiatorTaskTag(reader.buffer(), reader.nextHeader()));
    }

    private void connectAnew() throws IOException {
        close();
        connect();
    }

    private byte[] sent(int total, int dataBytes) throws Exception {
        queue(1, new byte[dataBytes]);
        Thread sender = Thread.ofPlatform().start(this::flush);
        ByteBuffer bytes = ByteBuffer.allocate(total);
        while (bytes.hasRemaining()) {
            assertTrue(right.read(bytes) > 0);
        }
        sender.join();
        return bytes.array();
    }

    private void queue(int tag, byte[] data) {
        OutPdu pdu = writer.take();
        Bhs.begin(pdu.head, Bhs.DATA_IN, Bhs.FINAL, data.length, 0, tag);
        writer.queue(
                pdu.ready(),
                StatusNumber.OWN,
                data.length == 0 ? null : ByteBuffer.wrap(data),
                null);
    }

    private void queueInline(int tag, byte[] data) {
        OutPdu pdu = writer.take();
        Bhs.begin(pdu.head, Bhs.SCSI_RESPONSE, Bhs.FINAL, data.length, 0, tag);
        pdu.ready().head.put(data);
        writer.queue(pdu, StatusNumber.OWN, null, null);
    }

    private void flush() {
        try {
            writer.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void write(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                left.write(buffer);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }

    private static final class NotWaiting implements PduReader.Waiting {
        @Override
        public void beforeWaiting() {}

        @Override
        public void workBegins() {}
    }
}
