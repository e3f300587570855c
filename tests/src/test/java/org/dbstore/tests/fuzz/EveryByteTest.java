package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.MemoryWatch;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Goal: a connection may end, by FIN or RST, at every byte of every PDU (case 25). */
class EveryByteTest {
    private static final int CLIENTS = 8;
    private static final long HEAP_GROWTH_BYTES_MAX = 32L << 20;
    private static final long DIRECT_GROWTH_BYTES_MAX = 112L << 20;
    private static final long DATA_IN_USE_BYTES_MAX = 64 << 10;

    @TempDir Path folder;

    /** A place in a session where it ends, or stops. */
    record Cut(List<RecordedPdu> session, int pdu, int bytes) {
        @Override
        public String toString() {
            return "PDU %d, opcode %02x, byte %d".formatted(pdu, session.get(pdu).opcode(), bytes);
        }
    }

    @Test
    @Timeout(300)
    void everyByteOfEveryPduMayBeTheLast() throws Exception {
        try (ErrorLines errors = new ErrorLines();
                TestServer server = ArenaServer.start(folder)) {
            List<Cut> cuts = cuts(Recordings.makeShort(server.address()));
            assertTrue(cuts.size() > 4000, "only " + cuts.size() + " bytes");
            Bystander witness = new Bystander(server, ArenaServer.WITNESSED);
            witness.assertUnharmed();
            MemoryWatch memory = new MemoryWatch();
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            AtomicInteger next = new AtomicInteger();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(
                        Thread.ofPlatform()
                                .name("client-" + i)
                                .start(() -> play(server, cuts, next, client, wrong)));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertEquals(List.of(), List.copyOf(wrong));
            witness.assertUnharmed();
            TcpArena.assertServed(server);
            TcpArena.settle();
            memory.assertReturned(HEAP_GROWTH_BYTES_MAX, DIRECT_GROWTH_BYTES_MAX);
            assertTrue(
                    server.dataBytesInUse() <= DATA_IN_USE_BYTES_MAX,
                    "buffers still lent: " + server.dataBytesInUse());
            witness.leave();
            assertEquals(List.of(), errors.lines());
        }
    }

    static List<Cut> cuts(List<List<RecordedPdu>> sessions) {
        List<Cut> cuts = new ArrayList<>();
        for (List<RecordedPdu> session : sessions) {
            for (int pdu = 0; pdu < session.size(); pdu++) {
                // As long as with digests; where there are none, the whole PDU a few times.
                int length = session.get(pdu).wire(true, true).length;
                for (int bytes = 0; bytes <= length; bytes++) {
                    cuts.add(new Cut(session, pdu, bytes));
                }
            }
        }
        return cuts;
    }

    /**
     * Each connection is of an initiator port of its own: a login that is still being worked on
     * when its connection is reset may otherwise come after the next, and take over from it.
     */
    private static void play(
            TestServer server,
            List<Cut> cuts,
            AtomicInteger next,
            int client,
            ConcurrentLinkedQueue<String> wrong) {
        SplittableRandom random = new SplittableRandom(client);
        for (int i = next.getAndIncrement(); i < 2 * cuts.size(); i = next.getAndIncrement()) {
            Cut cut = cuts.get(i / 2);
            try {
                new SessionPlayer(random, server.address(), i)
                        .playUntil(cut.session(), cut.pdu(), cut.bytes(), i % 2 == 0);
            } catch (Exception | AssertionError e) {
                wrong.add(cut + (i % 2 == 0 ? ", RST: " : ", FIN: ") + e);
                return;
            }
        }
    }
}
