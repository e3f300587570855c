package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.Good;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;

/** Goal: WRITE changes what it names and nothing else, and GOOD keeps the promise of the mode. */
class WriteCommandTest {
    private static final String WRITE = "2a000000000800000200";
    private static final String LARGE = "2a000000000800008000";
    private static final String FORCED = "2a080000000800000200";

    private final Bench bench = new Bench();
    private final Bench writeBack = new Bench(Bench.SIZE_BYTES, 512, true, false);

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "0a0000080200",
                WRITE,
                "aa0000000008000000020000",
                "8a000000000000000008000000020000",
                "2a1a0000000800000200"
            })
    void everyLengthOfCdbWrites(String cdb) {
        bench.volume.fill(7 * 512, 4 * 512, 9);
        bench.good(FakeTask.cdb(cdb).sending(Bench.filled(1024, 1)));
        assertArrayEquals(Bench.filled(512, 9), bench.volume.bytes(7 * 512, 512));
        assertArrayEquals(Bench.filled(1024, 1), bench.volume.bytes(8 * 512, 1024));
        assertArrayEquals(Bench.filled(512, 9), bench.volume.bytes(10 * 512, 512));
    }

    @Test
    void withNothingElseUnderWayItCommitsInItsOwnThread() {
        bench.good(FakeTask.cdb(WRITE).sending(Bench.filled(1024, 1)).alone());
        assertEquals(List.of("write 4096+1024", "flush"), bench.volume.calls);
    }

    @Test
    void aLoneWriteThatHasToWaitDoesSoInItsOwnThread() {
        bench.volume.writesWait = true;
        bench.poolHolds = true;
        bench.good(FakeTask.cdb(WRITE).sending(Bench.filled(1024, 1)).alone());
        assertEquals(List.of("write 4096+1024", "flush"), bench.volume.calls);
    }

    @Test
    void aCommitThatFailsInItsOwnThreadIsAWriteError() {
        bench.volume.commitFailure =
                new BackendException(BackendError.FAILED, "the store has failed");
        assertEquals(
                "03/0c/00",
                bench.check(FakeTask.cdb(WRITE).sending(Bench.filled(1024, 1)).alone()));
    }

    @Test
    void zeroInWriteSixMeans256Blocks() {
        bench.good(FakeTask.cdb("0a0000000000").sending(Bench.filled(256 * 512, 1)));
        assertArrayEquals(Bench.filled(256 * 512, 1), bench.volume.bytes(0, 256 * 512));
    }

    @ParameterizedTest(name = "{0} blocks at {1}: {2}")
    @CsvSource({
        "131071, 1, good",
        "131072, 0, good",
        "131072, 1, 05/21/00",
        "131073, 0, 05/21/00",
        "131071, 2, 05/21/00",
        "-16, 32, 05/21/00",
        "0, 16384, good",
        "0, 16385, 05/24/00"
    })
    void limitsHold(long lba, long blocks, String expected) {
        FakeTask task =
                FakeTask.cdb(String.format("8a00%016x%08x0000", lba, blocks))
                        .sending(Bench.filled((int) blocks * 512, 1));
        if ("good".equals(expected)) {
            bench.good(task);
        } else {
            assertEquals(expected, bench.check(task));
            assertEquals(List.of(), bench.volume.calls);
        }
    }

    @Test
    void protectionInformationIsRefused() {
        assertEquals("05/24/00", bench.check(FakeTask.cdb("2a200000000000000100")));
    }

    @ParameterizedTest(name = "{0} bytes of 1024: {1} written")
    @CsvSource({"0, 0", "200, 0", "511, 0", "512, 512", "1023, 512", "1024, 1024", "2000, 1024"})
    void wholeBlocksThatCameAreWritten(int sent, int written) {
        bench.good(FakeTask.cdb(WRITE).sending(Bench.filled(sent, 1)));
        byte[] expected = new byte[2048];
        Arrays.fill(expected, 0, written, (byte) 1);
        assertArrayEquals(expected, bench.volume.bytes(8 * 512, 2048));
    }

    @Test
    void writeThroughAnswersAfterTheCommitAndNotBefore() {
        bench.volume.holdCommits = true;
        FakeTask task = task(WRITE);
        assertNull(bench.run(task));
        assertEquals(List.of("write 4096+1024", "commit"), bench.volume.calls);
        bench.volume.commits.getFirst().committed(null);
        assertEquals(Good.GOOD, task.outcome());
    }

    @Test
    void aLargeWriteThroughForcesItsOwnDataInThePool() {
        bench.poolHolds = true;
        FakeTask task = large(LARGE);
        assertNull(bench.run(task));
        assertEquals(List.of(), bench.volume.calls);
        bench.waiting.remove().run();
        assertEquals(List.of("write through 4096+65536"), bench.volume.calls);
        assertEquals(Good.GOOD, task.outcome());
    }

    @Test
    void aLargeWriteThroughThatNeedsACommitIsAnsweredAfterIt() {
        bench.volume.throughNeedsCommit = true;
        bench.volume.holdCommits = true;
        FakeTask task = large(LARGE);
        assertNull(bench.run(task));
        assertEquals(List.of("write through 4096+65536", "commit"), bench.volume.calls);
        bench.volume.commits.getFirst().committed(null);
        assertEquals(Good.GOOD, task.outcome());
    }

    @Test
    void aLargeWriteThroughThatFailsIsNeverGood() {
        bench.volume.writeFailure = new BackendException(BackendError.FAILED, "for this test");
        assertEquals("03/0c/00", bench.check(large(LARGE)));
    }

    @Test
    void aLargeWriteBackForcesItsOwnDataOnlyIfItSaysFua() {
        writeBack.good(large(LARGE));
        assertEquals(List.of("write 4096+65536"), writeBack.volume.calls);
        writeBack.volume.calls.clear();
        writeBack.good(large("2a080000000800008000"));
        assertEquals(List.of("write through 4096+65536"), writeBack.volume.calls);
    }

    @Test
    void failedCommitIsNeverGood() {
        bench.volume.commitFailure = new BackendException(BackendError.FAILED, "for this test");
        assertEquals("03/0c/00", bench.check(task(WRITE)));
    }

    @Test
    void writeBackAnswersAtOnceIfNoMetadataIsOpen() {
        writeBack.good(task(WRITE));
        assertEquals(List.of("write 4096+1024"), writeBack.volume.calls);
    }

    @Test
    void writeBackCommitsMetadataFirst() {
        writeBack.volume.uncommitted = true;
        writeBack.volume.holdCommits = true;
        assertNull(writeBack.run(task(WRITE)));
        assertEquals(List.of("write 4096+1024", "commit"), writeBack.volume.calls);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {FORCED, "aa0800000008000000020000", "8a080000000000000008000000020000"})
    void writeBackHonoursFua(String cdb) {
        writeBack.good(task(cdb));
        assertEquals(List.of("write 4096+1024", "commit"), writeBack.volume.calls);
    }

    @Test
    void lbaBitsOfWriteSixAreNotFua() {
        Bench large = new Bench(1L << 30, 512, true, false);
        large.good(FakeTask.cdb("0a0800000200").sending(Bench.filled(1024, 1)));
        assertEquals(List.of("write " + 0x80000 * 512L + "+1024"), large.volume.calls);
    }

    @Test
    void noSpaceIsWriteProtectionThatLeavesReadsAlone() {
        bench.volume.writeFailure = new BackendException(BackendError.NO_SPACE, "for this test");
        assertEquals("07/27/07", bench.check(task(WRITE)));
        assertEquals(512, bench.data(FakeTask.cdb("28000000000000000100")).length);
    }

    @Test
    void writeInThePoolIsCompletedThere() {
        bench.volume.writesWait = true;
        bench.poolHolds = true;
        FakeTask task = task(WRITE);
        assertNull(bench.run(task));
        assertEquals(List.of(), bench.volume.calls);
        bench.waiting.remove().run();
        assertInstanceOf(Good.class, task.outcome());
    }

    @Test
    void synchronizeCacheAnswersAfterTheCommitEvenIfImmediate() {
        for (String cdb :
                List.of(
                        "35000000000000000000",
                        "35020000000000000000",
                        "35000001ffff00000100",
                        "91000000000000000000000000000000",
                        "91020000000000020000000000000000")) {
            bench.volume.holdCommits = true;
            FakeTask task = FakeTask.cdb(cdb);
            CommandOutcome before = bench.run(task);
            assertNull(before, cdb);
            bench.volume.commits.removeFirst().committed(null);
            assertEquals(Good.GOOD, task.outcome());
        }
    }

    @Test
    void synchronizeCacheOfAFailedStoreOrBeyondTheEndIsAnError() {
        assertEquals("05/21/00", bench.check(FakeTask.cdb("35000001ffff00000200")));
        assertEquals("05/21/00", bench.check(FakeTask.cdb("9100ffffffffffffffff000000010000")));
        bench.volume.commitFailure = new BackendException(BackendError.FAILED, "for this test");
        assertEquals("03/0c/00", bench.check(FakeTask.cdb("35000000000000000000")));
    }

    @Test
    void preFetchIsCheckedButPromisesNothing() {
        bench.good(FakeTask.cdb("34000001ffff00000100"));
        bench.good(FakeTask.cdb("34020000000000ffff00"));
        bench.good(FakeTask.cdb("90000000000000020000000000000000"));
        assertEquals("05/21/00", bench.check(FakeTask.cdb("34000001ffff00000200")));
        assertEquals("05/21/00", bench.check(FakeTask.cdb("34000002000100000000")));
        assertEquals("05/21/00", bench.check(FakeTask.cdb("9000ffffffffffffffff000000000000")));
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void startStopUnitFlushesWhenItStopsAndNeverStops() {
        bench.good(FakeTask.cdb("1b0000000100"));
        bench.good(FakeTask.cdb("1b0000000400"));
        bench.good(FakeTask.cdb("1b0000001000"));
        assertEquals(List.of(), bench.volume.calls);
        bench.good(FakeTask.cdb("1b0000000000"));
        bench.good(FakeTask.cdb("1b0100000000"));
        assertEquals(List.of("commit", "commit"), bench.volume.calls);
        assertEquals(512, bench.data(FakeTask.cdb("28000000000000000100")).length);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "1b0000000200",
                "1b0000000300",
                "1b0000003000",
                "1b000000b000",
                "1b0000010000"
            })
    void startStopUnitRefusesToEjectAndToSleep(String cdb) {
        assertEquals("05/24/00", bench.check(FakeTask.cdb(cdb)));
    }

    private static FakeTask large(String cdb) {
        return FakeTask.cdb(cdb).sending(Bench.filled(64 << 10, 1));
    }

    private static FakeTask task(String cdb) {
        return FakeTask.cdb(cdb).sending(Bench.filled(1024, 1));
    }

    @Test
    void aVolumeIsMarkedBeforeAWriteBackIsAcknowledgedEarly() {
        writeBack.good(FakeTask.cdb(WRITE).sending(Bench.filled(1024, 1)));
        assertEquals(1, writeBack.volume.marks);
        assertEquals(List.of("write 4096+1024"), writeBack.volume.calls);
        bench.good(FakeTask.cdb(WRITE).sending(Bench.filled(1024, 1)).alone());
        assertEquals(0, bench.volume.marks);
    }

    @Test
    void aWriteBackWaitsForTheMediumIfTheVolumeCannotBeMarked() {
        writeBack.volume.markFailure = new BackendException(BackendError.NO_SPACE, "for this test");
        writeBack.good(FakeTask.cdb(WRITE).sending(Bench.filled(1024, 1)).alone());
        assertEquals(List.of("write 4096+1024", "flush"), writeBack.volume.calls);
    }
}
