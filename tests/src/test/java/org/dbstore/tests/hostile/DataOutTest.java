package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Goal: data that nobody asked for, or not like that, end their command and are written nowhere
 * (cases 21 and 22; RFC 7143, sections 11.4.7.2 and 11.7).
 */
class DataOutTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final int BLOCK = 7000;
    private static final int INVALID_PDU_FIELD = 0x09;
    private static final int WRITE_FINAL = 0x20;
    private static final String UNEXPECTED = "CHECK 0B/0C/0C";
    private static final String WRONG_AMOUNT = "CHECK 0B/0C/0D";
    private static final String OUT_OF_PHASE = "CHECK 0B/4B/00";
    private static final Duration R2T_PATIENCE = Duration.ofSeconds(60);

    private final byte[] data = filled(1024);

    private static byte[] filled(int bytes) {
        byte[] data = new byte[bytes];
        Arrays.fill(data, (byte) 0x77);
        return data;
    }

    @Test
    void immediateDataThatWereNotAgreedOn() throws Exception {
        try (RawInitiator client = login("ImmediateData=No")) {
            client.send(write(client, 1024).data(data));
            assertFails(client, UNEXPECTED);
        }
    }

    @Test
    void immediateDataAboveTheFirstBurst() throws Exception {
        try (RawInitiator client = login("FirstBurstLength=512")) {
            client.send(write(client, 1024).data(data));
            assertFails(client, UNEXPECTED);
        }
    }

    @Test
    void immediateDataAboveWhatTheCommandAnnounced() throws Exception {
        try (RawInitiator client = login()) {
            client.send(write(client, 512).data(data));
            assertFails(client, WRONG_AMOUNT);
        }
    }

    @Test
    void unsolicitedDataWithoutLeave() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            client.send(write(client, 1024).put8(1, WRITE_FINAL));
            client.send(client.dataOut(LUN, Pdu.NO_TAG, 0, 0, data, true));
            assertFails(client, UNEXPECTED);
        }
    }

    @Test
    void unsolicitedDataInsteadOfTheAnswerToAnR2t() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            begin(client);
            client.send(client.dataOut(LUN, Pdu.NO_TAG, 0, 0, data, true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    /** What is wrong: transfer tag, DataSN, offset; each by one. */
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "0, 1, 0", "0, 0, 512", "0, 0, -512", "0, 0, 4", "0, -1, 0"})
    void aDataOutThatIsNotTheOneAskedFor(int tag, int number, int offset) throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            int transferTag = begin(client);
            client.send(client.dataOut(LUN, transferTag + tag, number, offset, data, true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    @Test
    void moreThanWasAskedFor() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            client.send(client.dataOut(LUN, begin(client), 0, 0, filled(1028), true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    @Test
    void anOverlap() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            int tag = begin(client);
            client.send(client.dataOut(LUN, tag, 0, 0, filled(512), false));
            client.send(client.dataOut(LUN, tag, 1, 256, filled(768), true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    @Test
    void aGap() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            int tag = begin(client);
            client.send(client.dataOut(LUN, tag, 0, 0, filled(256), false));
            client.send(client.dataOut(LUN, tag, 1, 512, filled(512), true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    @Test
    void anEndThatComesEarly() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            client.send(client.dataOut(LUN, begin(client), 0, 0, filled(512), true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    @Test
    void anEndThatComesLate() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            int tag = begin(client);
            client.send(client.dataOut(LUN, tag, 0, 0, data, false));
            client.send(client.dataOut(LUN, tag, 1, 1024, new byte[0], true));
            assertFails(client, OUT_OF_PHASE);
        }
    }

    @Test
    void dataForATaskThatIsNotThereAreRejected() throws Exception {
        try (RawInitiator client = login("InitialR2T=Yes")) {
            client.send(client.dataOut(LUN, 1, 0, 0, data, true).taskTag(0x7777));
            assertRejected(client.receive());
            int tag = begin(client);
            client.send(client.dataOut(LUN, tag, 0, 0, data, true));
            assertEquals("GOOD", client.finish(LUN, new byte[0], 0).outcome());
            client.send(client.dataOut(LUN, tag, 0, 0, filled(4), true));
            assertRejected(client.receive());
            assertArrayEquals(data, client.read(LUN, Cdb.read10(BLOCK, 2), 1024).data());
            client.logout();
        }
    }

    private static void assertRejected(Pdu answer) {
        assertEquals(Pdu.REJECT, answer.opcode(), answer::toString);
        assertEquals(INVALID_PDU_FIELD, answer.rejectReason());
    }

    @Test
    void anR2tThatIsNotAnsweredEndsTheSession() throws Exception {
        long begin = System.nanoTime();
        try (RawInitiator client = login("InitialR2T=Yes")) {
            begin(client);
            client.socket().setSoTimeout((int) R2T_PATIENCE.plusSeconds(10).toMillis());
            // It answers pings meanwhile.
            assertThrows(EOFException.class, client::receive);
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        assertTrue(taken.compareTo(R2T_PATIENCE.minusSeconds(1)) > 0, "after " + taken);
        try (RawInitiator again = login()) {
            again.logout();
        }
    }

    private RawInitiator login(String... keys) throws IOException {
        RawInitiator client = connect().login(TestServer.TARGET, keys);
        client.read(LUN, Cdb.testUnitReady(), 0);
        assertEquals("GOOD", client.write(LUN, Cdb.write10(BLOCK, 2), new byte[1024]).outcome());
        return client;
    }

    private static Pdu write(RawInitiator client, int announced) {
        return client.scsiCommand(LUN, Cdb.write10(BLOCK, 2), WRITE_FINAL, announced);
    }

    /** Sends a WRITE of two blocks; returns the transfer tag of the R2T for all of it. */
    private int begin(RawInitiator client) throws IOException {
        client.send(write(client, 1024));
        Pdu r2t = client.receive();
        assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
        assertEquals(1024, r2t.get32(44));
        return r2t.get32(20);
    }

    /** The command ends so, nothing of it is on the medium, and the session goes on. */
    private static void assertFails(RawInitiator client, String outcome) throws IOException {
        assertEquals(outcome, client.finish(LUN, new byte[0], 0).outcome());
        assertArrayEquals(new byte[1024], client.read(LUN, Cdb.read10(BLOCK, 2), 1024).data());
        client.logout();
    }
}
