package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;

/** Goal: the size, its limits, and that the unit is thin. */
class ReadCapacityCommandTest {
    private static final String SHORT = "25000000000000000000";
    private static final String LONG = "9e100000000000000000000000200000";

    private final Bench bench = new Bench();

    @Test
    void lastLbaAndBlockLength() {
        assertEquals("0001ffff" + "00000200", bench.hex(FakeTask.cdb(SHORT)));
        assertEquals(
                "000000000001ffff" + "00000200" + "00" + "03" + "c000" + "00".repeat(16),
                bench.hex(FakeTask.cdb(LONG)));
    }

    @Test
    void blocksOf4096AreTheirOwnPhysicalBlocks() {
        Bench blocks = new Bench(Bench.SIZE_BYTES, 4096, false, false);
        assertEquals("00003fff" + "00001000", blocks.hex(FakeTask.cdb(SHORT)));
        assertEquals(
                "0000000000003fff" + "00001000" + "00" + "00" + "c000" + "00".repeat(16),
                blocks.hex(FakeTask.cdb(LONG)));
    }

    @Test
    void sizeThatDoesNotFitIsAllOnes() {
        assertEquals("ffffffff00000200", ofSize((1L << 41) + (1 << 20)).hex(FakeTask.cdb(SHORT)));
        assertEquals("ffffffff00000200", ofSize(1L << 41).hex(FakeTask.cdb(SHORT)));
        assertEquals("fffff7ff00000200", ofSize((1L << 41) - (1 << 20)).hex(FakeTask.cdb(SHORT)));
    }

    @Test
    void shortAllocationOfWindowsIsNoError() {
        assertEquals(
                "000000000001ffff" + "00000200",
                bench.hex(FakeTask.cdb("9e1000000000000000000000000c0000")));
    }

    @Test
    void lbaWithoutPmiIsRefused() {
        assertEquals("05/24/00", bench.check(FakeTask.cdb("25000000000100000000")));
        assertEquals("05/24/00", bench.check(FakeTask.cdb("9e100000000000000001000000200000")));
        assertEquals("0001ffff00000200", bench.hex(FakeTask.cdb("25000000000100000100")));
    }

    private static Bench ofSize(long bytes) {
        return new Bench(bytes, 512, false, false);
    }
}
