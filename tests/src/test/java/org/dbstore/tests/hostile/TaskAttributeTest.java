package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Goal: ORDERED and HEAD OF QUEUE mean what they say (SAM-5, "Task attributes"). A WRITE that waits
 * for its data is the task that is under way.
 */
@Timeout(60)
class TaskAttributeTest {
    private static final int SIMPLE = 1;
    private static final int ORDERED = 2;
    private static final int HEAD_OF_QUEUE = 3;
    private static final int ACA = 4;
    private static final int LUN = TestServer.LUN;
    private static final int OTHER_LUN = TestServer.LARGE_BLOCK_LUN;
    private static final byte[] BLOCK = HexFormat.of().parseHex("5a".repeat(512));

    @TempDir Path folder;
    private TestServer server;
    private RawInitiator client;

    @BeforeEach
    void logIn() throws Exception {
        server = TestServer.start(folder);
        client =
                RawInitiator.connect(server.address())
                        .login(TestServer.TARGET, "InitialR2T=Yes", "iSCSIProtocolLevel=2");
        assertEquals("CHECK 06/29/00", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
        assertEquals("CHECK 06/29/00", client.read(OTHER_LUN, Cdb.testUnitReady(), 0).outcome());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void anOrderedReadSeesWhatWasBeingWrittenBeforeIt() throws Exception {
        Pdu r2t = beginWrite(SIMPLE);
        int write = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40 | ORDERED, 512));
        int read = client.currentTaskTag();
        expectNothingBefore(r2t, write);
        Pdu data = client.receive();
        assertEquals(read, data.taskTag(), data::toString);
        assertArrayEquals(BLOCK, data.data());
    }

    @Test
    void whatComesAfterAnOrderedTaskWaitsForIt() throws Exception {
        Pdu r2t = beginWrite(ORDERED);
        int write = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40 | SIMPLE, 512));
        int read = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), ORDERED, 0));
        int last = client.currentTaskTag();
        expectNothingBefore(r2t, write);
        Pdu data = client.receive();
        assertEquals(read, data.taskTag(), data::toString);
        assertArrayEquals(BLOCK, data.data());
        assertEquals(last, client.receive().taskTag());
    }

    @Test
    void aWriteThatIsHeldKeepsItsData() throws Exception {
        Pdu r2t = beginWrite(ORDERED);
        int first = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.write10(0, 1), 0x20 | SIMPLE, 512));
        int second = client.currentTaskTag();
        Pdu other = client.receive();
        assertEquals(Pdu.R2T, other.opcode(), other::toString);
        client.send(data(other, second, new byte[512]));
        expectNothingBefore(r2t, first);
        Pdu done = client.receive();
        assertEquals(second, done.taskTag(), done::toString);
        assertArrayEquals(new byte[512], client.read(LUN, Cdb.read10(0, 1), 512).data());
    }

    @Test
    void theHeadOfTheQueueWaitsForNothingAndIsWaitedFor() throws Exception {
        Pdu ordered = beginWrite(ORDERED);
        int write = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), HEAD_OF_QUEUE, 0));
        assertEquals(client.currentTaskTag(), client.receive().taskTag());
        Pdu head = beginWrite(HEAD_OF_QUEUE);
        int headWrite = client.currentTaskTag();
        client.send(data(ordered, write, BLOCK));
        assertEquals(write, client.receive().taskTag());
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), SIMPLE, 0));
        int last = client.currentTaskTag();
        expectNothingBefore(head, headWrite);
        assertEquals(last, client.receive().taskTag());
    }

    @Test
    void theOrderIsThatOfOneUnitAndOneNexus() throws Exception {
        Pdu r2t = beginWrite(ORDERED);
        int write = client.currentTaskTag();
        client.send(client.scsiCommand(OTHER_LUN, Cdb.testUnitReady(), ORDERED, 0));
        assertEquals(client.currentTaskTag(), client.receive().taskTag());
        try (RawInitiator other =
                RawInitiator.connect(server.address())
                        .isid("400001370009")
                        .login(TestServer.TARGET)) {
            assertEquals("CHECK 06/29/00", other.read(LUN, Cdb.testUnitReady(), 0).outcome());
            assertEquals("GOOD", other.read(LUN, Cdb.testUnitReady(), 0).outcome());
        }
        expectNothingBefore(r2t, write);
    }

    @Test
    void aHeldTaskCanBeAborted() throws Exception {
        Pdu r2t = beginWrite(ORDERED);
        int write = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), SIMPLE, 0));
        int held = client.currentTaskTag();
        Pdu abort =
                client.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                        .put8(1, 0x81)
                        .lun(LUN)
                        .put32(20, held);
        assertEquals(0, client.exchange(abort).get8(2));
        expectNothingBefore(r2t, write);
        assertEquals("GOOD", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
        server.assertNoDataInUse();
    }

    @Test
    void anAbortedOrderedTaskHoldsUpNobody() throws Exception {
        beginWrite(ORDERED);
        int write = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), SIMPLE, 0));
        int held = client.currentTaskTag();
        client.send(
                client.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                        .put8(1, 0x81)
                        .lun(LUN)
                        .put32(20, write));
        int answers = 0;
        for (int i = 0; i < 2; i++) { // in either order
            Pdu answer = client.receive();
            answers |= answer.opcode() == Pdu.TASK_MANAGEMENT_RESPONSE ? 1 : 0;
            answers |= answer.taskTag() == held ? 2 : 0;
        }
        assertEquals(3, answers);
    }

    @Test
    void theEndOfTheSessionEndsWhatIsHeld() throws Exception {
        beginWrite(ORDERED);
        for (int i = 0; i < 20; i++) {
            client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40 | SIMPLE, 512));
        }
        client.close();
        long end = System.nanoTime() + 10_000_000_000L;
        while (server.server().sessionCount() > 0 && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        server.assertNoDataInUse();
        assertEquals(0, server.server().sessionCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {ACA, 5, 7})
    void anAttributeThatIsNotSupportedIsRefused(int attribute) throws Exception {
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), attribute, 0));
        assertEquals("CHECK 05/49/00", client.finish(LUN, new byte[0], 0).outcome());
        assertEquals("GOOD", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
    }

    /** Sends a WRITE of block 0 and waits until its data is asked for. */
    private Pdu beginWrite(int attribute) throws IOException {
        client.send(client.scsiCommand(LUN, Cdb.write10(0, 1), 0x20 | attribute, 512));
        Pdu r2t = client.receive();
        assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
        return r2t;
    }

    /** Nothing but a NOP is answered until the data of a write has come, then the write first. */
    private void expectNothingBefore(Pdu r2t, int write) throws IOException {
        Pdu ping = client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE);
        assertEquals(Pdu.NOP_IN, client.exchange(ping).opcode());
        client.send(data(r2t, write, BLOCK));
        Pdu done = client.receive();
        assertEquals(write, done.taskTag(), done::toString);
        assertEquals(0, done.get8(3));
    }

    private Pdu data(Pdu r2t, int tag, byte[] bytes) {
        return client.dataOut(LUN, r2t.get32(20), 0, 0, bytes, true).taskTag(tag);
    }
}
