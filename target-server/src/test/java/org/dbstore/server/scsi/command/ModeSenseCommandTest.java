package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: mode parameters, byte for byte; nothing of them is changeable. */
class ModeSenseCommandTest {
    private static final String CACHING = "8812" + "00".repeat(18);
    private static final String WRITE_BACK = "8812" + "04" + "00".repeat(17);
    private static final String CONTROL = "0a0a" + "20100040" + "00".repeat(6);
    private static final String EXCEPTIONS = "9c0a" + "08" + "00".repeat(9);
    private static final String BLOCKS_SHORT = "00020000" + "00000200";
    private static final String BLOCKS_LONG = "0000000000020000" + "00000000" + "00000200";

    private final Bench bench = new Bench();

    @Test
    void allPagesWithBlockDescriptor() {
        assertEquals(
                "37" + "00" + "10" + "08" + BLOCKS_SHORT + CACHING + CONTROL + EXCEPTIONS,
                bench.hex(FakeTask.cdb("1a003f00ff00")));
    }

    @Test
    void dbdLeavesTheBlockDescriptorOut() {
        assertEquals("0f" + "00" + "10" + "00" + CONTROL, bench.hex(FakeTask.cdb("1a080a00ff00")));
        assertEquals(
                "0012" + "00" + "10" + "0000" + "0000" + CONTROL,
                bench.hex(FakeTask.cdb("5a080a00000000ffff00")));
    }

    @Test
    void tenBytesCarryALongBlockDescriptorIfAllowed() {
        assertEquals(
                "0022" + "00" + "10" + "0100" + "0010" + BLOCKS_LONG + CONTROL,
                bench.hex(FakeTask.cdb("5a100a00000000ffff00")));
        assertEquals(
                "001a" + "00" + "10" + "0000" + "0008" + BLOCKS_SHORT + CONTROL,
                bench.hex(FakeTask.cdb("5a000a00000000ffff00")));
    }

    @Test
    void theControlPageShowsThatAbortedTasksAreAnswered() {
        String current = bench.hex(FakeTask.cdb("1a080a00ff00")).substring(8);
        String changeable = bench.hex(FakeTask.cdb("1a084a00ff00")).substring(8);
        assertEquals("40", current.substring(10, 12), "TAS");
        assertEquals("00", changeable.substring(10, 12), "TAS cannot be changed");
    }

    @Test
    void shortBlockDescriptorOfALargeUnitSaysAllOnes() {
        Bench large = new Bench(1L << 50, 512, false, false);
        assertEquals(
                "17001008" + "ffffffff" + "00000200" + CONTROL,
                large.hex(FakeTask.cdb("1a000a00ff00")));
        assertEquals(
                "00220010" + "01000010" + "0000020000000000" + "00000000" + "00000200" + CONTROL,
                large.hex(FakeTask.cdb("5a100a00000000ffff00")));
    }

    @Test
    void readOnlyUnitIsWriteProtected() {
        Bench readOnly = new Bench(Bench.SIZE_BYTES, 512, false, true);
        assertEquals("90", readOnly.hex(FakeTask.cdb("1a083f000400")).substring(4, 6));
        assertEquals("90", readOnly.hex(FakeTask.cdb("5a083f00000000000800")).substring(6, 8));
    }

    @Test
    void cacheOfAWriteBackUnitIsEnabled() {
        Bench writeBack = new Bench(Bench.SIZE_BYTES, 512, true, false);
        assertEquals("17001000" + WRITE_BACK, writeBack.hex(FakeTask.cdb("1a080800ff00")));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1a083f00ff00", "1a08bf00ff00", "1a08ff00ff00", "1a083fffff00"})
    void currentDefaultAndSavedValuesAndAllSubpagesAreTheSame(String cdb) {
        assertEquals("2f001000" + CACHING + CONTROL + EXCEPTIONS, bench.hex(FakeTask.cdb(cdb)));
    }

    @Test
    void onlyFormatOfSenseAndWriteProtectionAreChangeableWhereNothingIsSaved() {
        assertEquals(
                "2f001000"
                        + "8812"
                        + "00".repeat(18)
                        + "0a0a"
                        + "0400080000000000"
                        + "0000"
                        + "9c0a"
                        + "00".repeat(10),
                bench.hex(FakeTask.cdb("1a087f00ff00")));
    }

    @ParameterizedTest(name = "{0}: byte {1}")
    @CsvSource({
        "1a001a00ff00, 2",
        "1a000000ff00, 2",
        "1a000a01ff00, 3",
        "1a000a05ff00, 3",
        "1a003f01ff00, 3",
        "5a000a01000000ffff00, 3"
    })
    void pageOrSubpageNotSupportedIsRefused(String cdb, int position) {
        byte[] sense = bench.sense(FakeTask.cdb(cdb));
        assertEquals(0x24, sense[12]);
        assertEquals(position, sense[17]);
    }

    @Test
    void allocationLengthCutsButDoesNotChange() {
        assertEquals("37001008", bench.hex(FakeTask.cdb("1a003f000400")));
        assertEquals("", bench.hex(FakeTask.cdb("1a003f000000")));
    }
}
