package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.MemoryWatch;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Goal: who takes all the memory he can leaves the others theirs. */
class GreedyClientTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final int BLOCKS_8_MIB = 16384;
    private static final int WRITES = 200;

    @Test
    void oneClientCannotKeepAnotherFromReading() throws Exception {
        try (RawInitiator greedy = server.session();
                RawInitiator modest = connect().isid("400001370009").login(TestServer.TARGET)) {
            greedy.read(LUN, Cdb.testUnitReady(), 0);
            modest.read(LUN, Cdb.testUnitReady(), 0);
            int full = 0;
            for (int i = 0; i < WRITES; i++) {
                greedy.send(greedy.scsiCommand(LUN, Cdb.write10(0, BLOCKS_8_MIB), 0x20, 8 << 20));
                Pdu answer = greedy.receive();
                if (answer.opcode() == Pdu.SCSI_RESPONSE) {
                    assertEquals(ScsiAnswer.TASK_SET_FULL, answer.get8(3));
                    full++;
                } else {
                    assertEquals(Pdu.R2T, answer.opcode(), answer::toString);
                }
                if (i % 20 == 0) {
                    ScsiAnswer read = modest.read(LUN, Cdb.read10(0, BLOCKS_8_MIB), 8 << 20);
                    assertEquals("GOOD", read.outcome(), "after " + i + " greedy writes");
                }
            }
            assertTrue(full > 0, "nothing bounded it");
            greedy.reset();
            modest.logout();
        }
    }

    /** 8 MiB in PDUs of 512 bytes are 16384 headers; those that wait to be made take nothing. */
    @Test
    void smallSegmentsDoNotMultiplyTheMemoryThatWaits() throws Exception {
        long before = MemoryWatch.directBytes();
        List<RawInitiator> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                RawInitiator client = connect().isid("4000013700%02x".formatted(i + 32));
                List<String> keys = new ArrayList<>(RawInitiator.normalSession(TestServer.TARGET));
                keys.add("MaxRecvDataSegmentLength=512");
                client.enterFullFeature(client.exchange(client.loginRequest(1, 3, keys)));
                client.read(LUN, Cdb.testUnitReady(), 0);
                clients.add(client);
                client.send(client.scsiCommand(LUN, Cdb.read10(0, BLOCKS_8_MIB), 0x40, 8 << 20));
            }
            Thread.sleep(500);
            long grown = MemoryWatch.directBytes() - before;
            // The data, which the pool accounts for, and one batch of headers each.
            assertTrue(grown < 4 * (8 << 20) + (4 << 20), "direct buffers grew by " + grown);
            ScsiAnswer answer = clients.getFirst().finish(LUN, new byte[0], 8 << 20);
            assertEquals("GOOD", answer.outcome());
            assertEquals(8 << 20, answer.data().length);
        } finally {
            for (RawInitiator client : clients) {
                client.reset();
            }
        }
    }
}
