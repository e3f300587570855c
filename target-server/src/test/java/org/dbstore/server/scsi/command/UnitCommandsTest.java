package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;

/** Goal: SANITIZE, log pages, diagnostics and timestamp answer as SPC-4 and SBC-3 say. */
class UnitCommandsTest {
    private static final String READY = "000000000000";
    private static final String ERASE = "48020000000000000000";

    private final Bench bench = new Bench(4 << 20, 512, false, false);

    private static FakeTask overwrite(int flags, int patternBytes, int value) {
        byte[] list = Bench.filled(4 + patternBytes, value);
        ByteBuffer.wrap(list).put((byte) flags).put((byte) 0).putShort((short) patternBytes);
        return FakeTask.cdb(String.format("48010000000000%04x00", list.length)).sending(list);
    }

    @Test
    void blockEraseLeavesZeroesThatTakeNoSpace() {
        bench.volume.fill(0, 4 << 20, 7);
        bench.good(FakeTask.cdb(ERASE));
        assertEquals(0, bench.volume.mappedBytes());
        assertEquals("flush", bench.volume.calls.getLast());
    }

    @Test
    void overwriteRepeatsThePatternInEachBlock() {
        bench.good(overwrite(1, 3, 0xaa));
        assertArrayEquals(Bench.filled(4 << 20, 0xaa), bench.volume.bytes(0, 4 << 20));
    }

    @Test
    void overwriteWithInvertEndsWithThePattern() {
        bench.good(overwrite(0x83, 512, 0x0f));
        assertArrayEquals(Bench.filled(512, 0x0f), bench.volume.bytes(0, 512));
        assertEquals(12, bench.volume.calls.stream().filter(c -> c.startsWith("write")).count());
    }

    @ParameterizedTest(name = "flags {0}, pattern of {1}")
    @CsvSource({"0, 512", "0x21, 512", "1, 513", "1, 0"})
    void overwriteParametersThatCannotBe(String flags, int bytes) {
        assertEquals("05/24/00", bench.check(overwrite(Integer.decode(flags), bytes, 1)));
    }

    @Test
    void whileItRunsNothingElseIsServed() {
        bench.volume.afterWrite =
                () -> {
                    byte[] sense = bench.sense(FakeTask.cdb(READY));
                    assertEquals(0x02041b, sense[2] << 16 | sense[12] << 8 | sense[13]);
                    assertEquals((byte) 0x80, sense[15], "progress");
                    assertTrue(bench.hex(FakeTask.cdb("030000001200")).startsWith("700002"));
                    bench.data(FakeTask.cdb("120000002400"));
                    assertEquals("02/04/1b", bench.check(FakeTask.cdb(ERASE)));
                };
        bench.good(FakeTask.cdb(ERASE));
        bench.volume.afterWrite = () -> {};
        bench.good(FakeTask.cdb(READY));
    }

    @Test
    void immediateAnswersFirst() {
        FakeTask task = FakeTask.cdb("48820000000000000000");
        bench.volume.afterWrite = () -> assertSame(CommandOutcome.Good.GOOD, task.outcome());
        bench.good(task);
    }

    @Test
    void afterAFailureTheUnitWaitsForAWayOut() {
        bench.volume.writeFailure = new BackendException(BackendError.IO, "for this test");
        assertEquals("03/31/03", bench.check(FakeTask.cdb(ERASE)));
        assertEquals("03/31/03", bench.check(FakeTask.cdb(READY)));
        assertEquals("05/24/00", bench.check(FakeTask.cdb("481f0000000000000000")));
        assertEquals("03/31/03", bench.check(FakeTask.cdb("48220000000000000000")));
        bench.good(FakeTask.cdb("481f0000000000000000"));
        bench.good(FakeTask.cdb(READY));
    }

    @Test
    void exitFailureModeWithoutFailureIsNoError() {
        bench.good(FakeTask.cdb("481f0000000000000000"));
        assertEquals("05/24/00", bench.check(FakeTask.cdb("48030000000000000000")));
    }

    @Test
    void aReadOnlyUnitIsNotSanitized() {
        var readOnly = new Bench(Bench.SIZE_BYTES, 512, false, true);
        assertEquals("07/27/00", readOnly.check(FakeTask.cdb(ERASE)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "4d000000000000ffff00, 00000003 000c2f",
        "4d004c00000000ffff00, 0c000018 0001030800000028 02000000 0002030800000004 01000000",
        "4d000c00000000000000, ''",
        "4d000c00000002ffff00, 0c00000c 0002030800000004 01000000",
        "4d002f00000000ffff00, 2f000008 0000030400000000"
    })
    void logPages(String cdb, String expected) {
        assertEquals(expected.replace(" ", ""), bench.hex(FakeTask.cdb(cdb)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "4d000d00000000ffff00",
                "4d000cff000000ffff00",
                "4d000c00000003ffff00",
                "4d010c00000000ffff00",
                "1c010100ff00",
                "1d6000000000",
                "1d0400000400",
                "a36a000000000000ffff0000"
            })
    void whatIsNotSupportedIsRefused(String cdb) {
        assertEquals("05/24/00", bench.check(FakeTask.cdb(cdb)));
    }

    @Test
    void defectListsAreEmpty() {
        assertEquals("001d0000", bench.hex(FakeTask.cdb("37001d00000000ffff00")));
        assertEquals("0018000000000000", bench.hex(FakeTask.cdb("b718000000000000ffff0000")));
    }

    @Test
    void diagnostics() {
        assertEquals("0000000100", bench.hex(FakeTask.cdb("1c010000ff00")));
        bench.good(FakeTask.cdb("1d0400000000"));
        assertEquals(2, bench.volume.calls.size());
        bench.good(FakeTask.cdb("1d1000000400").sending(new byte[4]));
        assertEquals(
                "05/26/00",
                bench.check(FakeTask.cdb("1d1000000400").sending(new byte[] {1, 0, 0, 0})));
        bench.volume.readFailure = new BackendException(BackendError.IO, "for this test");
        assertEquals("03/0c/00", bench.check(FakeTask.cdb("1da000000000")));
    }

    @Test
    void timestampIsTheHostsUntilItIsSet() {
        ByteBuffer before = ByteBuffer.wrap(bench.data(FakeTask.cdb("a30f000000000000ffff0000")));
        assertEquals(10, before.getShort(0));
        assertEquals(3, before.get(2));
        long millis = before.getLong(4) >>> 16;
        assertTrue(Math.abs(System.currentTimeMillis() - millis) < 60_000, "" + millis);
        byte[] list = ByteBuffer.allocate(12).putLong(4, 1_000_000L << 16).array();
        bench.good(FakeTask.cdb("a40f000000000000000c0000").sending(list));
        ByteBuffer after = ByteBuffer.wrap(bench.data(FakeTask.cdb("a30f000000000000ffff0000")));
        assertEquals(2, after.get(2));
        assertTrue((after.getLong(4) >>> 16) - 1_000_000 < 60_000);
        assertEquals(
                "05/1a/00",
                bench.check(FakeTask.cdb("a40f000000000000000b0000").sending(new byte[11])));
    }

    @ParameterizedTest(name = "agreed on RFC 7144: {0}")
    @CsvSource({"false, da000000", "true, de070000"})
    void taskManagementFunctionsOfTheSessionAreReported(boolean extended, String functions) {
        assertEquals(
                functions,
                bench.hex(FakeTask.cdb("a30d000000000000ffff0000").extendedFunctions(extended)));
        assertEquals(
                functions.substring(0, 6) + "0c" + "00".repeat(12),
                bench.hex(FakeTask.cdb("a30d800000000000ffff0000").extendedFunctions(extended)));
    }

    @Test
    void changesOfTheUnitAreToldToEveryNexusOnce() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        bench.check(FakeTask.cdb(READY));
        bench.unit.softThresholdReached();
        bench.unit.volumeChanged(true);
        bench.unit.reportedLunsChanged(FakeTask.NEXUS_A);
        assertEquals("06/28/00", bench.check(FakeTask.cdb(READY)));
        assertEquals("06/38/07", bench.check(FakeTask.cdb(READY)));
        assertEquals("06/3f/0e", bench.check(FakeTask.cdb(READY)));
        bench.good(FakeTask.cdb(READY));
    }
}
