package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.MemoryWatch;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Goal: a client may stop at every byte of what it sends, and of what it reads, and go on later
 * (case 25). What becomes of one who never goes on, {@code BrokenConnectionTest} and {@code
 * SilentClientTest} tell.
 */
@Timeout(300)
class StallTest {
    private static final int CLIENTS = 8;
    private static final int STALLED_EACH = 40;
    private static final long HEAP_GROWTH_BYTES_MAX = 48L << 20;
    private static final long DIRECT_GROWTH_BYTES_MAX = 160L << 20;
    private static final long DATA_IN_USE_BYTES_MAX = 64 << 10;
    private static final int SEGMENT_BYTES = 512;
    private static final int DIGEST_BYTES = 4;
    private static final int DATA_IN_BYTES =
            Pdu.HEADER_BYTES + DIGEST_BYTES + SEGMENT_BYTES + DIGEST_BYTES;
    private static final int READ_BLOCKS = 1024;
    private static final int READERS_AT_ONCE = 32;

    /** Far less than an answer; with less still, TCP itself goes at a crawl. */
    private static final int RECEIVE_BUFFER_BYTES = 64 << 10;

    @TempDir Path folder;
    private ErrorLines errors;
    private TestServer server;
    private Bystander witness;
    private MemoryWatch memory;

    @BeforeEach
    void start() throws Exception {
        errors = new ErrorLines();
        server = ArenaServer.start(folder);
        witness = new Bystander(server, ArenaServer.WITNESSED);
        witness.assertUnharmed();
        memory = new MemoryWatch();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (ErrorLines logged = errors;
                TestServer attacked = server) {
            witness.assertUnharmed();
            TcpArena.assertServed(attacked);
            TcpArena.settle();
            memory.assertReturned(HEAP_GROWTH_BYTES_MAX, DIRECT_GROWTH_BYTES_MAX);
            assertTrue(attacked.dataBytesInUse() <= DATA_IN_USE_BYTES_MAX, "buffers still lent");
            witness.leave();
            assertEquals(List.of(), logged.lines());
        }
    }

    @Test
    void everyByteOfEveryPduMayBeLateAndThePduIsServed() throws Exception {
        List<EveryByteTest.Cut> cuts = EveryByteTest.cuts(Recordings.makeShort(server.address()));
        assertTrue(cuts.size() > 4000, "only " + cuts.size() + " bytes");
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            Thread client =
                    Thread.ofPlatform()
                            .name("client-" + i)
                            .start(() -> stall(cuts, next, random, wrong));
            clients.add(client);
        }
        for (Thread client : clients) {
            client.join();
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    /** Many at a time stand still, and the witness goes on; then all of them go on. */
    private void stall(
            List<EveryByteTest.Cut> cuts,
            AtomicInteger next,
            SplittableRandom random,
            ConcurrentLinkedQueue<String> wrong) {
        int first = next.getAndAdd(STALLED_EACH);
        while (first < cuts.size() && wrong.isEmpty()) {
            int end = Math.min(cuts.size(), first + STALLED_EACH);
            List<SessionPlayer.Stalled> stalled = new ArrayList<>();
            int at = first;
            try {
                for (; at < end; at++) {
                    EveryByteTest.Cut cut = cuts.get(at);
                    stalled.add(
                            new SessionPlayer(random, server.address(), at)
                                    .stallAt(cut.session(), cut.pdu(), cut.bytes()));
                }
                witness.assertUnharmed();
                for (at = first; at < end; at++) {
                    stalled.get(at - first).goOn();
                }
            } catch (Exception | AssertionError e) {
                wrong.add(cuts.get(Math.min(at, end - 1)) + ": " + e);
            }
            first = next.getAndAdd(STALLED_EACH);
        }
    }

    /** Data-In PDUs are short here, so two of them in a row have every kind of byte. */
    @Test
    void everyByteOfAnAnswerMayBeTheLastThatIsReadForAWhile() throws Exception {
        byte[] data = new byte[READ_BLOCKS * 512];
        new SplittableRandom(1).nextBytes(data);
        try (RawInitiator writer = RawInitiator.loggedIn(server.address(), ArenaServer.OPEN)) {
            writer.read(ArenaServer.LUN, Cdb.testUnitReady(), 0);
            byte[] cdb = Cdb.write10(0, READ_BLOCKS);
            assertEquals("GOOD", writer.write(ArenaServer.LUN, cdb, data).outcome());
            writer.logout();
        }
        for (int first = 0; first <= 2 * DATA_IN_BYTES; first += READERS_AT_ONCE) {
            List<RawInitiator> readers = new ArrayList<>();
            List<byte[]> begun = new ArrayList<>();
            for (int bytes = first; bytes < first + READERS_AT_ONCE; bytes++) {
                RawInitiator reader = reader(bytes);
                readers.add(reader);
                begun.add(reader.socket().getInputStream().readNBytes(bytes));
            }
            witness.assertUnharmed();
            for (int i = 0; i < readers.size(); i++) {
                assertRest(readers.get(i), begun.get(i), data);
                readers.get(i).reset();
            }
        }
    }

    private RawInitiator reader(int number) throws Exception {
        RawInitiator reader =
                RawInitiator.connect(server.address(), "127.6.0." + (1 + number % 100))
                        .isid("4000013a%04x".formatted(number));
        reader.socket().setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        List<String> keys = new ArrayList<>(RawInitiator.normalSession(ArenaServer.OPEN));
        keys.add("MaxRecvDataSegmentLength=" + SEGMENT_BYTES);
        keys.add("HeaderDigest=CRC32C");
        keys.add("DataDigest=CRC32C");
        reader.enterFullFeature(reader.exchange(reader.loginRequest(1, 3, keys)));
        reader.read(ArenaServer.LUN, Cdb.testUnitReady(), 0);
        int bytes = READ_BLOCKS * 512;
        byte[] cdb = Cdb.read10(0, READ_BLOCKS);
        reader.send(reader.scsiCommand(ArenaServer.LUN, cdb, 0x40, bytes));
        return reader;
    }

    /** The whole answer: Data-In PDUs in order, each with its digests, the last one with GOOD. */
    private static void assertRest(RawInitiator reader, byte[] begun, byte[] data)
            throws Exception {
        int pdus = data.length / SEGMENT_BYTES;
        byte[] all = Arrays.copyOf(begun, pdus * DATA_IN_BYTES);
        byte[] rest = reader.socket().getInputStream().readNBytes(all.length - begun.length);
        assertEquals(all.length - begun.length, rest.length, "after " + begun.length + " bytes");
        System.arraycopy(rest, 0, all, begun.length, rest.length);
        for (int i = 0; i < pdus; i++) {
            int header = i * DATA_IN_BYTES;
            int segment = header + Pdu.HEADER_BYTES + DIGEST_BYTES;
            String place = "PDU " + i + " after " + begun.length + " bytes";
            assertEquals(Pdu.DATA_IN, all[header] & 0x3f, place);
            assertEquals(i * SEGMENT_BYTES, ByteBuffer.wrap(all).getInt(header + 40), place);
            assertDigest(all, header, Pdu.HEADER_BYTES, place);
            assertDigest(all, segment, SEGMENT_BYTES, place);
            assertTrue(
                    Arrays.equals(
                            all,
                            segment,
                            segment + SEGMENT_BYTES,
                            data,
                            i * SEGMENT_BYTES,
                            (i + 1) * SEGMENT_BYTES),
                    place);
        }
        int last = (pdus - 1) * DATA_IN_BYTES;
        assertEquals(0x81, all[last + 1] & 0xff, "F and S");
        assertEquals(0, all[last + 3], "GOOD");
    }

    private static void assertDigest(byte[] all, int from, int length, String place) {
        byte[] digest = Pdu.digest(Arrays.copyOfRange(all, from, from + length));
        int end = from + length;
        assertTrue(Arrays.equals(all, end, end + DIGEST_BYTES, digest, 0, DIGEST_BYTES), place);
    }
}
