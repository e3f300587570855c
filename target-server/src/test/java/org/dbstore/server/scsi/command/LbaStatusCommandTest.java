package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: provisioning is told to the block, from the LBA asked for on. */
class LbaStatusCommandTest {
    private final Bench bench = new Bench();

    @Test
    void descriptorsFollowEachOtherToTheEnd() {
        bench.volume.fill(4096, 8192, 1);
        assertEquals(
                "00000034"
                        + "00000000"
                        + "0000000000000000"
                        + "00000008"
                        + "01000000"
                        + "0000000000000008"
                        + "00000010"
                        + "00000000"
                        + "0000000000000018"
                        + "0001ffe8"
                        + "01000000",
                bench.hex(status(0, 4096)));
    }

    @Test
    void runsOfTheSameKindAreOneDescriptor() {
        bench.volume.runBytesMax = 4096;
        bench.volume.fill(4096, 3 * 4096, 1);
        assertEquals(
                "00000034"
                        + "00000000"
                        + "0000000000000000"
                        + "00000008"
                        + "01000000"
                        + "0000000000000008"
                        + "00000018"
                        + "00000000"
                        + "0000000000000020"
                        + "00007fe0"
                        + "01000000",
                bench.hex(status(0, 4096)),
                "and no more than 4096 runs are asked for");
    }

    @Test
    void firstDescriptorBeginsWithinARun() {
        bench.volume.fill(4096, 8192, 1);
        assertEquals(
                "00000014" + "00000000" + "0000000000000009" + "0000000f" + "00000000",
                bench.hex(status(9, 24)));
    }

    @Test
    void lastBlockIsDescribed() {
        assertEquals(
                "00000014" + "00000000" + "000000000001ffff" + "00000001" + "01000000",
                bench.hex(status(0x1ffff, 4096)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"131072", "131073", "-1", "-9223372036854775808"})
    void lbaThatIsNotThereIsOutOfRange(long lba) {
        assertEquals("05/21/00", bench.check(status(lba, 24)));
    }

    @Test
    void allocationLengthLimitsTheDescriptors() {
        bench.volume.fill(4096, 4096, 1);
        assertEquals(24, bench.data(status(0, 24)).length);
        assertEquals(24, bench.data(status(0, 39)).length);
        assertEquals(40, bench.data(status(0, 40)).length);
        assertEquals("00000014", bench.hex(status(0, 4)), "the length is not cut");
        assertEquals("", bench.hex(status(0, 0)));
    }

    @Test
    void hugeAllocationLengthIsBounded() {
        for (int i = 0; i < 16384; i += 2) {
            bench.volume.fill(i * 4096L, 1, 1);
        }
        int descriptors = 4095;
        byte[] data = bench.data(status(0, 0xffff_ffffL));
        assertEquals(8 + 16 * descriptors, data.length);
        assertEquals(0x00, data[8 + 12]);
        assertEquals(0x01, data[8 + 16 + 12]);
    }

    @Test
    void emptyRangeLongerThanTheFieldTakesSeveralDescriptors() {
        Bench large = new Bench(4L << 40, 512, false, false);
        large.volume.fill(3L << 40, 4096, 1);
        String status = large.hex(status(0, 72));
        assertEquals("0000000000000000" + "fffff800" + "01000000", status.substring(16, 48));
        assertEquals("00000000fffff800", status.substring(48, 64), "goes on where it ended");
    }

    @Test
    void blocksOf4096AreCountedAsSuch() {
        Bench blocks = new Bench(Bench.SIZE_BYTES, 4096, false, false);
        blocks.volume.fill(4096, 4096, 1);
        assertEquals(
                "00000014" + "00000000" + "0000000000000001" + "00000001" + "00000000",
                blocks.hex(status(1, 24)));
    }

    private static FakeTask status(long lba, long allocation) {
        return FakeTask.cdb(String.format("9e12%016x%08x0000", lba, allocation));
    }
}
