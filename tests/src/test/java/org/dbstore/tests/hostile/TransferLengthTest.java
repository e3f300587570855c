package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Goal: the CDB says how much is moved; the expected data transfer length only what of it fits
 * (case 20; RFC 7143, "Residual Count").
 */
class TransferLengthTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final int READ_FLAG = 0x40;
    private static final int WRITE_FLAG = 0x20;
    private static final int NEARLY_4_GIB = -1;
    private static final long MIB = 1 << 20;

    /** Of 8 MiB each, the largest there are: 2 GiB in all. */
    private static final int SESSIONS = 16;

    private static final int WRITES_EACH = 16;

    /** What the server may take for data of commands under way. */
    private static final long BUDGET_BYTES_MAX = 512 * MIB;

    private RawInitiator client;

    @BeforeEach
    void login() throws Exception {
        client = server.session();
        client.read(LUN, Cdb.testUnitReady(), 0);
    }

    @Test
    void aReadOfOneBlockWithRoomFor4GiBReturnsOneBlock() throws Exception {
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), READ_FLAG, NEARLY_4_GIB));
        ScsiAnswer answer = client.finish(LUN, new byte[0], 512);
        assertEquals("GOOD", answer.outcome());
        assertEquals(512, answer.data().length);
        assertEquals(0xffffffffL - 512, answer.underflowBytes());
        client.logout();
    }

    @Test
    void aWriteOfOneBlockAsksForOneBlockOf4GiB() throws Exception {
        byte[] block = new byte[512];
        Arrays.fill(block, (byte) 0x21);
        client.send(client.scsiCommand(LUN, Cdb.write10(8, 1), WRITE_FLAG, NEARLY_4_GIB));
        ScsiAnswer answer = client.finish(LUN, block, 0);
        assertEquals("GOOD", answer.outcome());
        assertEquals(0xffffffffL - 512, answer.underflowBytes());
        assertArrayEquals(block, client.read(LUN, Cdb.read10(8, 1), 512).data());
        client.logout();
    }

    @Test
    void aReadOf1MiBWithoutRoomReturnsNothingAndSaysSo() throws Exception {
        ScsiAnswer answer = client.read(LUN, Cdb.read10(0, 2048), 0);
        assertEquals("GOOD", answer.outcome());
        assertEquals(MIB, answer.overflowBytes());
        client.logout();
    }

    /** RFC 7143 leaves the status open; the blocks that got no data may not be made up. */
    @Test
    void aWriteOf1MiBWithoutDataSaysSo() throws Exception {
        byte[] before = client.read(LUN, Cdb.read10(64, 8), 4096).data();
        client.send(client.scsiCommand(LUN, Cdb.write10(64, 2048), WRITE_FLAG, 0));
        ScsiAnswer answer = client.finish(LUN, new byte[0], 0);
        assertEquals(MIB, answer.overflowBytes());
        assertArrayEquals(before, client.read(LUN, Cdb.read10(64, 8), 4096).data());
        client.logout();
    }

    @Test
    void aReadWithLessRoomThanBlocksFillsTheRoom() throws Exception {
        ScsiAnswer answer = client.read(LUN, Cdb.read10(0, 4), 1000);
        assertEquals("GOOD", answer.outcome());
        assertEquals(1000, answer.data().length);
        assertEquals(4 * 512 - 1000, answer.overflowBytes());
        client.logout();
    }

    /** The buffer of the CDB's direction is then of no bytes: all of it is residual overflow. */
    @Test
    void directionFlagsAgainstTheCdbMoveNoDataAndWriteNothing() throws Exception {
        byte[] before = client.read(LUN, Cdb.read10(128, 1), 512).data();
        client.send(client.scsiCommand(LUN, Cdb.write10(128, 1), READ_FLAG, 512));
        ScsiAnswer written = client.finish(LUN, new byte[0], 0);
        client.send(client.scsiCommand(LUN, Cdb.read10(128, 1), WRITE_FLAG, 512));
        ScsiAnswer read = client.finish(LUN, new byte[512], 0);
        assertArrayEquals(before, client.read(LUN, Cdb.read10(128, 1), 512).data());
        assertSaysThatNothingMoved(read);
        assertSaysThatNothingMoved(written);
        client.logout();
    }

    private static void assertSaysThatNothingMoved(ScsiAnswer answer) {
        assertEquals(0, answer.data().length, "data-in");
        boolean residual = answer.overflowBytes() + answer.underflowBytes() > 0;
        assertTrue(residual || answer.outcome().startsWith("CHECK 05/"), answer::toString);
    }

    @Test
    void manyGreedyWritesTakeMemoryByBudget() throws Exception {
        List<RawInitiator> greedy = new ArrayList<>();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                greedy.add(
                        RawInitiator.connect(server.address())
                                .isid("4000013700%02x".formatted(i + 16))
                                .login(TestServer.TARGET));
            }
            for (RawInitiator each : greedy) {
                for (int i = 0; i < WRITES_EACH; i++) {
                    each.send(
                            each.scsiCommand(
                                    LUN, Cdb.write10(4096, 8192), WRITE_FLAG, NEARLY_4_GIB));
                }
            }
            Thread.sleep(500);
            long taken = server.dataBytesInUse();
            assertTrue(taken <= BUDGET_BYTES_MAX, "2 GiB of writes without data took " + taken);
            for (RawInitiator each : greedy) {
                assertBoundedDemand(each.receive());
            }
        } finally {
            for (RawInitiator each : greedy) {
                each.reset();
            }
        }
    }

    /** An R2T of at most MaxBurstLength, or a refusal: unit attention, TASK SET FULL or BUSY. */
    private static void assertBoundedDemand(Pdu answer) {
        if (answer.opcode() == Pdu.R2T) {
            assertTrue(answer.get32(44) > 0 && answer.get32(44) <= 262_144, answer::toString);
        } else {
            assertEquals(Pdu.SCSI_RESPONSE, answer.opcode(), answer::toString);
            assertTrue(
                    List.of(ScsiAnswer.CHECK_CONDITION, ScsiAnswer.TASK_SET_FULL, ScsiAnswer.BUSY)
                            .contains(answer.get8(3)),
                    answer::toString);
        }
    }
}
