package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Goal: a session reaches the units mapped to it, by the commands there are (case 18). */
class AbsentUnitTest extends HostileClientTest {
    private static final int INQUIRY = 0x12;
    private static final int REQUEST_SENSE = 0x03;
    private static final int REPORT_LUNS = 0xa0;

    @Test
    void everyCommandToAnAbsentUnitIsRefused() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (RawInitiator client = server.session()) {
            for (int opcode = 0; opcode <= 0xff; opcode++) {
                if (opcode == INQUIRY || opcode == REQUEST_SENSE || opcode == REPORT_LUNS) {
                    continue;
                }
                byte[] cdb = new byte[16];
                cdb[0] = (byte) opcode;
                ScsiAnswer answer = client.read(TestServer.ABSENT_LUN, cdb, 0);
                if (!answer.outcome().equals("CHECK 05/25/00")) {
                    wrong.add("%02X: %s".formatted(opcode, answer.outcome()));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void inquiryOfAnAbsentUnitTellsSo() throws Exception {
        try (RawInitiator client = server.session()) {
            ScsiAnswer answer = client.read(TestServer.ABSENT_LUN, Cdb.inquiry(36), 36);
            assertEquals("GOOD", answer.outcome());
            assertEquals(0x7f, answer.data()[0] & 0xff, "peripheral qualifier and device type");
        }
    }

    @Test
    void requestSenseOfAnAbsentUnitReturnsWhy() throws Exception {
        try (RawInitiator client = server.session()) {
            ScsiAnswer answer = client.read(TestServer.ABSENT_LUN, Cdb.hex("030000001200"), 18);
            assertEquals("GOOD", answer.outcome());
            assertEquals("05/25/00", ScsiAnswer.senseCode(answer.data()));
        }
    }

    @Test
    void reportLunsListsTheMappedUnitsOnly() throws Exception {
        ByteBuffer expected = ByteBuffer.allocate(8 + 3 * 8).putInt(3 * 8).putInt(0);
        for (int lun :
                List.of(TestServer.LUN, TestServer.READ_ONLY_LUN, TestServer.LARGE_BLOCK_LUN)) {
            expected.putLong((long) lun << 48);
        }
        try (RawInitiator client = server.session()) {
            for (int lun : List.of(TestServer.LUN, TestServer.ABSENT_LUN)) {
                ScsiAnswer answer = client.read(lun, Cdb.reportLuns(4096), 4096);
                assertEquals("GOOD", answer.outcome());
                assertArrayEquals(
                        expected.array(), answer.data(), HexFormat.of().formatHex(answer.data()));
            }
        }
    }

    /** READ and WRITE BUFFER, FORMAT UNIT, READ LONG, and a code of no command. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "3c020000000000002000",
                "3b020000000000000000",
                "040000000000",
                "3e000000000000000000",
                "f00000000000"
            })
    void whatIsNotSupportedIsRefused(String cdb) throws Exception {
        try (RawInitiator client = server.session()) {
            client.read(TestServer.LUN, Cdb.testUnitReady(), 0);
            ScsiAnswer answer = client.read(TestServer.LUN, Cdb.hex(cdb), 0);
            assertEquals("CHECK 05/20/00", answer.outcome());
        }
    }
}
