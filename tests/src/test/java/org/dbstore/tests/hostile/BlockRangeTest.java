package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Goal: a command that reaches beyond the unit, or lies about its list, does nothing (case 19). */
class BlockRangeTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final long BLOCKS = TestServer.VOLUME_BYTES / 512;
    private static final String OUT_OF_RANGE = "CHECK 05/21/00";
    private static final String INVALID_FIELD_IN_CDB = "CHECK 05/24/00";
    private static final byte[] MARK = mark();

    private RawInitiator client;

    private static byte[] mark() {
        byte[] block = new byte[512];
        Arrays.fill(block, (byte) 0x5a);
        return block;
    }

    @BeforeEach
    void markTheLastBlocks() throws Exception {
        client = server.session();
        client.read(LUN, Cdb.testUnitReady(), 0);
        for (long lba : List.of(0L, BLOCKS - 1)) {
            assertEquals("GOOD", client.write(LUN, Cdb.write16(lba, 1), MARK).outcome());
        }
    }

    private void assertNothingWritten() throws Exception {
        for (long lba : List.of(0L, BLOCKS - 1)) {
            assertArrayEquals(MARK, client.read(LUN, Cdb.read16(lba, 1), 512).data(), "LBA " + lba);
        }
        client.logout();
    }

    /** READ, WRITE, WRITE AND VERIFY, VERIFY, WRITE SAME, PRE-FETCH (16). */
    @ParameterizedTest
    @ValueSource(ints = {0x88, 0x8a, 0x8e, 0x8f, 0x93, 0x90})
    void rangesBeyondTheEndAreRefused(int opcode) throws Exception {
        for (long lba : new long[] {0xfffffffffffffff0L, BLOCKS - 1, BLOCKS, -1L, 1L << 62}) {
            byte[] cdb = Cdb.read16(lba, lba == 0xfffffffffffffff0L ? 32 : 2);
            cdb[0] = (byte) opcode;
            assertEquals(OUT_OF_RANGE, client.read(LUN, cdb, 0).outcome(), "LBA " + lba);
        }
        assertNothingWritten();
    }

    @Test
    void aWriteBeyondTheEndIsRefusedWithItsDataOnTheWay() throws Exception {
        ScsiAnswer answer = client.write(LUN, Cdb.write10(BLOCKS - 1, 2), new byte[1024]);
        assertEquals(OUT_OF_RANGE, answer.outcome());
        assertNothingWritten();
    }

    @Test
    void noBlocksAtAllIsGood() throws Exception {
        assertEquals("GOOD", client.read(LUN, Cdb.read16(0, 0), 0).outcome());
        assertEquals("GOOD", client.write(LUN, Cdb.write16(0, 0), new byte[0]).outcome());
        assertEquals("GOOD", client.read(LUN, Cdb.read10(BLOCKS - 1, 0), 0).outcome());
        assertNothingWritten();
    }

    @Test
    void moreThanTheMaximumTransferLengthIsRefused() throws Exception {
        byte[] limits = client.read(LUN, Cdb.vitalProductData(0xb0, 64), 64).data();
        int blocksMax = ByteBuffer.wrap(limits).getInt(8);
        assertTrue(blocksMax > 0 && blocksMax < BLOCKS, "MAXIMUM TRANSFER LENGTH " + blocksMax);
        assertEquals(
                INVALID_FIELD_IN_CDB, client.read(LUN, Cdb.read16(0, blocksMax + 1), 0).outcome());
        assertEquals(
                INVALID_FIELD_IN_CDB, client.read(LUN, Cdb.write16(0, blocksMax + 1), 0).outcome());
        assertNothingWritten();
    }

    @Test
    void writeSameOfNoBlocksIsNotTheWholeUnit() throws Exception {
        ScsiAnswer answer = client.write(LUN, Cdb.writeSame16(0, 0), new byte[512]);
        assertEquals(INVALID_FIELD_IN_CDB, answer.outcome());
        assertNothingWritten();
    }

    /** Lengths in the header of the list that are not those of the list. */
    @ParameterizedTest
    @ValueSource(strings = {"00260020", "00160020", "ffffffff", "00000010"})
    void unmapListsThatLieAreRefused(String lengths) throws Exception {
        byte[] list = unmapList(0, 1);
        System.arraycopy(Cdb.hex(lengths), 0, list, 0, 4);
        String outcome = client.write(LUN, Cdb.unmap(list.length), list).outcome();
        assertTrue(
                List.of("CHECK 05/26/00", "CHECK 05/1A/00").contains(outcome),
                lengths + ": " + outcome);
        assertNothingWritten();
    }

    /** SBC-3, "UNMAP parameter list": a last descriptor that is not whole is ignored. */
    @Test
    void anUnmapDescriptorThatIsNotWholeDoesNothing() throws Exception {
        byte[] list = unmapList(0, 1);
        list[3] = 15;
        String outcome = client.write(LUN, Cdb.unmap(list.length), list).outcome();
        assertTrue(List.of("GOOD", "CHECK 05/26/00").contains(outcome), outcome);
        assertNothingWritten();
    }

    @Test
    void unmapBeyondTheEndIsRefusedAsAWhole() throws Exception {
        ByteBuffer list = ByteBuffer.allocate(8 + 32).putShort((short) 38).putShort((short) 32);
        list.putInt(0).putLong(BLOCKS - 8).putInt(8).putInt(0);
        list.putLong(BLOCKS - 1).putInt(2).putInt(0);
        assertEquals(OUT_OF_RANGE, client.write(LUN, Cdb.unmap(40), list.array()).outcome());
        assertNothingWritten();
    }

    @Test
    void unmapOfNoBlocksIsGood() throws Exception {
        assertEquals("GOOD", client.write(LUN, Cdb.unmap(24), unmapList(0, 0)).outcome());
        assertNothingWritten();
    }

    @Test
    void aWriteProtectedUnitTakesNothing() throws Exception {
        int lun = TestServer.READ_ONLY_LUN;
        client.read(lun, Cdb.testUnitReady(), 0);
        String writeProtected = "CHECK 07/27/00";
        assertEquals(writeProtected, client.write(lun, Cdb.write10(0, 1), new byte[512]).outcome());
        assertEquals(writeProtected, client.write(lun, Cdb.unmap(24), unmapList(0, 8)).outcome());
        assertEquals(
                writeProtected, client.write(lun, Cdb.writeSame16(0, 8), new byte[512]).outcome());
        assertNothingWritten();
    }

    private static byte[] unmapList(long lba, int blocks) {
        return ByteBuffer.allocate(24)
                .putShort((short) 22)
                .putShort((short) 16)
                .putInt(0)
                .putLong(lba)
                .putInt(blocks)
                .array();
    }
}
