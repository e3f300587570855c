package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.ScsiCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;

/** Goal: what is announced is what the table has, in all formats. */
class ReportOpcodesCommandTest {
    private static final String TIMEOUTS = "000a0000" + "00000000" + "00000000";

    private final Bench bench = new Bench();

    @Test
    void allCommandsAreListedInTheOrderOfTheTable() {
        ByteBuffer data = ByteBuffer.wrap(bench.data(FakeTask.cdb("a30c00000000000100000000")));
        assertEquals(8 * ScsiCommand.values().length, data.getInt());
        for (ScsiCommand command : ScsiCommand.values()) {
            assertEquals(command.operationCode(), Byte.toUnsignedInt(data.get()));
            assertEquals(0, data.get());
            assertEquals(command.serviceAction(), data.getShort());
            assertEquals(command.hasServiceAction() ? 1 : 0, data.getShort());
            assertEquals(command.cdbBytes(), data.getShort());
        }
        assertEquals(0, data.remaining());
    }

    @Test
    void timeoutsFollowEachDescriptorIfAskedFor() {
        String data = bench.hex(FakeTask.cdb("a30c80000000000100000000"));
        int count = ScsiCommand.values().length;
        assertEquals(String.format("%08x", 20 * count), data.substring(0, 8));
        assertEquals(8 + 40 * count, data.length());
        assertEquals("0000000000020006" + TIMEOUTS, data.substring(8, 48));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a30c01120000000000ff0000, 00030006 1201ffffff04", // INQUIRY, as Linux asks
        "a30c01930000000000ff0000, 00030010 9309ffffffffffffffffffffffff1f04",
        "a30c01410000000000ff0000, 0003000a 4108ffffffff1fffff04",
        "a30c029e0010000000ff0000, 00030010 9e10ffffffffffffffffffffffff0104",
        "a30c02a3000c000000ff0000, 0003000c a30c87ffffffffffffff0004",
        "a30c039e0012000000ff0000, 00030010 9e12ffffffffffffffffffffffff0004",
        "a30c03120000000000ff0000, 00030006 1201ffffff04",
        "a30c81000000000000ff0000, 00830006 000000000004 " + TIMEOUTS,
        "a30c01ff0000000000ff0000, 00010000",
        "a30c81ff0000000000ff0000, 00010000",
        "a30c029e001f000000ff0000, 00010000",
        "a30c02ff0000000000ff0000, 00010000",
        "a30c03120001000000ff0000, 00010000",
        "a30c039e0011000000ff0000, 00010000",
        "a30c01890000000000ff0000, 00030010 891affffffffffffffff000000ff1f04"
    })
    void oneCommandIsDescribed(String cdb, String expected) {
        assertEquals(expected.replace(" ", ""), bench.hex(FakeTask.cdb(cdb)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a30c019e0010000000ff0000", // has service actions
        "a30c02120000000000ff0000", // has none
        "a30c04120000000000ff0000",
        "a30c07120000000000ff0000"
    })
    void optionThatDoesNotFitIsRefusedAtByteTwo(String cdb) {
        byte[] sense = bench.sense(FakeTask.cdb(cdb));
        assertEquals(0x24, sense[12]);
        assertEquals(2, sense[17]);
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void everyCommandAnnouncedIsKnownToTheGate(ScsiCommand command) {
        FakeTask task = FakeTask.cdb("");
        task.cdb().put(0, (byte) command.operationCode());
        task.cdb().put(1, (byte) command.serviceAction());
        bench.run(task);
        assertTrue(
                !(task.outcome() instanceof CommandOutcome.CheckCondition c)
                        || c.sense()[12] != 0x20);
    }

    @Test
    void shortBuffersAreNoError() {
        assertEquals("", bench.hex(FakeTask.cdb("a30c00000000000000000000")));
        String length = String.format("%08x", 8 * ScsiCommand.values().length);
        assertEquals(length.substring(0, 6), bench.hex(FakeTask.cdb("a30c00000000000000030000")));
    }
}
