package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;
import java.util.List;

/** Goal: READ returns the blocks asked for, as far as they are taken, and no other. */
class ReadCommandTest {
    private final Bench bench = new Bench();

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "080000080200",
        "28000000000800000200",
        "a80000000008000000020000",
        "88000000000000000008000000020000",
        "281a0000000800000200"
    })
    void everyLengthOfCdbReads(String cdb) {
        bench.volume.fill(8 * 512, 512, 1);
        bench.volume.fill(9 * 512, 512, 2);
        bench.volume.fill(10 * 512, 512, 3);
        byte[] data = bench.data(FakeTask.cdb(cdb));
        assertEquals(1024, data.length);
        assertArrayEquals(bench.volume.bytes(8 * 512, 1024), data);
    }

    @Test
    void zeroInReadSixMeans256Blocks() {
        assertEquals(256 * 512, bench.data(FakeTask.cdb("080000000000")).length);
    }

    @ParameterizedTest(name = "{0} at {1}: {2}")
    @CsvSource({
        "read10, 131071, 1, good",
        "read10, 131072, 0, good",
        "read10, 131072, 1, 05/21/00",
        "read10, 131073, 0, 05/21/00",
        "read10, 131071, 2, 05/21/00",
        "read10, 4294967295, 0, 05/21/00",
        "read16, 131071, 1, good",
        "read16, 131071, 2, 05/21/00",
        "read16, -16, 32, 05/21/00",
        "read16, -1, 1, 05/21/00",
        "read16, -9223372036854775808, 0, 05/21/00",
        "read16, 0, 4294967295, 05/21/00",
        "read16, 0, 16384, good",
        "read16, 0, 16385, 05/24/00",
        "read10, 0, 16384, good",
        "read10, 0, 16385, 05/24/00"
    })
    void limitsHold(String width, long lba, long blocks, String expected) {
        FakeTask task =
                FakeTask.cdb(
                        "read10".equals(width)
                                ? String.format("2800%08x00%04x00", lba, blocks)
                                : String.format("8800%016x%08x0000", lba, blocks));
        if ("good".equals(expected)) {
            CommandOutcome outcome = bench.run(task);
            assertEquals(
                    blocks * 512,
                    outcome instanceof CommandOutcome.DataIn in ? in.lengthBytes() : 0);
        } else {
            assertEquals(expected, bench.check(task));
            assertEquals(List.of(), bench.volume.calls);
        }
    }

    @Test
    void senseNamesTheFirstBlockThatIsNotThere() {
        assertEquals(
                "f0000500020000" + "0a" + "00000000" + "2100" + "00000000",
                HexFormat.of().formatHex(bench.sense(FakeTask.cdb("28000001ffff00000200"))));
        assertEquals(0x12, bench.sense(FakeTask.cdb("28007f00001200000100"))[6], "beyond: the LBA");
    }

    @Test
    void largeVolumeIsReadBeyond32Bits() {
        Bench large = new Bench(1L << 50, 512, false, false);
        large.volume.fill(((1L << 41) - 1) * 512, 512, 9);
        assertArrayEquals(
                Bench.filled(512, 9),
                large.data(FakeTask.cdb("8800" + "000001ffffffffff" + "000000010000")));
    }

    @Test
    void blocksOf4096AreAddressedAsSuch() {
        Bench blocks = new Bench(Bench.SIZE_BYTES, 4096, false, false);
        blocks.volume.fill(2 * 4096, 4096, 5);
        assertArrayEquals(Bench.filled(4096, 5), blocks.data(FakeTask.cdb("28000000000200000100")));
        assertEquals("05/24/00", blocks.check(FakeTask.cdb("28000000000000080100")));
        assertEquals(8 << 20, blocks.data(FakeTask.cdb("28000000000000080000")).length);
    }

    @ParameterizedTest(name = "limit {0}: {1} sent")
    @CsvSource({"0, 0", "200, 200", "512, 512", "1024, 1024", "10000, 1024"})
    void noMoreIsReadThanTheInitiatorTakes(long limit, int sent) {
        bench.volume.fill(0, 1024, 7);
        var in = bench.dataIn(FakeTask.cdb("28000000000000000200").taking(limit), bench.luns);
        assertArrayEquals(Bench.filled(sent, 7), Bench.bytes(in.data()));
        assertEquals(1024, in.lengthBytes());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "28200000000000000100",
        "a82000000000000000010000",
        "88200000000000000000000000010000"
    })
    void protectionInformationIsRefused(String cdb) {
        assertEquals("05/24/00", bench.check(FakeTask.cdb(cdb)));
    }

    @Test
    void readThatHasToWaitGoesOnInThePool() {
        bench.volume.nothingIsInMemory = true;
        bench.volume.fill(0, 512, 7);
        bench.poolHolds = true;
        FakeTask task = FakeTask.cdb("28000000000000000100");
        assertNull(bench.run(task));
        assertEquals(List.of(), bench.volume.calls);
        bench.waiting.remove().run();
        var in = assertInstanceOf(CommandOutcome.DataIn.class, task.outcome());
        assertArrayEquals(Bench.filled(512, 7), Bench.bytes(in.data()));
    }

    @Test
    void aLoneReadThatHasToWaitDoesSoInItsOwnThread() {
        bench.volume.nothingIsInMemory = true;
        bench.volume.fill(0, 512, 7);
        bench.poolHolds = true;
        FakeTask task = FakeTask.cdb("28000000000000000100").alone();
        bench.run(task);
        var in = assertInstanceOf(CommandOutcome.DataIn.class, task.outcome());
        assertArrayEquals(Bench.filled(512, 7), Bench.bytes(in.data()));
    }

    @Test
    void failureInThePoolIsReported() {
        bench.volume.nothingIsInMemory = true;
        bench.volume.readFailure = new BackendException(BackendError.IO, "for this test");
        assertEquals("03/11/00", bench.check(FakeTask.cdb("28000000000000000100")));
    }

    @Test
    void fuaCommitsFirstIfACacheMayHoldWhatTheMediumDoesNot() {
        Bench writeBack = new Bench(Bench.SIZE_BYTES, 512, true, false);
        writeBack.volume.holdCommits = true;
        FakeTask task = FakeTask.cdb("28080000000000000100");
        assertNull(writeBack.run(task));
        assertEquals(List.of("commit"), writeBack.volume.calls);
        writeBack.volume.commits.getFirst().committed(null);
        assertInstanceOf(CommandOutcome.DataIn.class, task.outcome());
        assertEquals(List.of("commit", "read 0+512"), writeBack.volume.calls);
    }

    @Test
    void fuaOnAFailedStoreIsAnErrorNotAnAnswer() {
        Bench writeBack = new Bench(Bench.SIZE_BYTES, 512, true, false);
        writeBack.volume.commitFailure = new BackendException(BackendError.FAILED, "for this test");
        assertEquals("03/0c/00", writeBack.check(FakeTask.cdb("28080000000000000100")));
    }

    @Test
    void fuaWithAFullPoolIsTaskSetFull() {
        Bench writeBack = new Bench(Bench.SIZE_BYTES, 512, true, false);
        writeBack.poolIsFull = true;
        assertEquals(
                CommandOutcome.Status.TASK_SET_FULL,
                writeBack.run(FakeTask.cdb("28080000000000000100")));
    }

    @Test
    void fuaOfAWriteThroughUnitReadsAtOnce() {
        assertEquals(512, bench.data(FakeTask.cdb("28080000000000000100")).length);
        assertEquals(List.of("read 0+512"), bench.volume.calls);
    }
}
