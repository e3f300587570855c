package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

/** Goal: VERIFY really reads and really compares. */
class VerifyCommandTest {
    private final Bench bench = new Bench();

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "2f100000000800001000",
                "af0000000008000000100000",
                "8f000000000000000008000000100000"
            })
    void withoutComparisonTheMediumIsRead(String cdb) {
        bench.good(FakeTask.cdb(cdb));
        assertEquals(List.of("read 4096+8192"), bench.volume.calls);
        bench.volume.readFailure = new BackendException(BackendError.IO, "for this test");
        assertEquals("03/11/00", bench.check(FakeTask.cdb(cdb)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "2f020000000800001000",
                "af0200000008000000100000",
                "8f020000000000000008000000100000"
            })
    void allBlocksAreCompared(String cdb) {
        bench.volume.fill(4096, 8192, 6);
        byte[] data = Bench.filled(8192, 6);
        bench.good(FakeTask.cdb(cdb).sending(data));
        data[8191] = 0;
        byte[] sense = bench.sense(FakeTask.cdb(cdb).sending(data));
        assertEquals((byte) 0xf0, sense[0], "INFORMATION is valid");
        assertEquals(0x0e, sense[2]);
        assertEquals(0x1d, sense[12]);
        assertEquals(8191, ByteBuffer.wrap(sense).getInt(3));
    }

    @Test
    void differenceBeyondTheFirstPieceIsFoundAtItsPlace() {
        byte[] data = new byte[2 << 20];
        bench.volume.fill((1 << 20) + 5, 1, 1);
        byte[] sense = bench.sense(FakeTask.cdb("2f020000000000100000").sending(data));
        assertEquals((1 << 20) + 5, ByteBuffer.wrap(sense).getInt(3));
    }

    @Test
    void oneBlockIsComparedWithEach() {
        bench.volume.fill(0, 8192, 6);
        byte[] block = Bench.filled(512, 6);
        bench.good(FakeTask.cdb("2f060000000000001000").sending(block));
        bench.volume.fill(15 * 512 + 17, 1, 7);
        byte[] sense = bench.sense(FakeTask.cdb("2f060000000000001000").sending(block));
        assertEquals(0x1d, sense[12]);
        assertEquals(17, ByteBuffer.wrap(sense).getInt(3));
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 511, 1024})
    void otherSizeThanTheOneBlockIsRefused(int sent) {
        assertEquals(
                "05/24/00",
                bench.check(FakeTask.cdb("2f060000000000001000").sending(new byte[sent])));
    }

    @Test
    void blocksThatDidNotComeAreNotCompared() {
        bench.volume.fill(512, 512, 6);
        bench.good(FakeTask.cdb("2f020000000000000200").sending(new byte[600]));
        assertEquals(List.of("read 0+512"), bench.volume.calls);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "2f000000000000000000, good",
        "2f020000000000000000, good",
        "2f060000000000000000, good",
        "2f000001ffff00000100, good",
        "2f000002000000000000, good",
        "2f000002000100000000, 05/21/00",
        "2f000001ffff00000200, 05/21/00",
        "8f00ffffffffffffffff000000010000, 05/21/00",
        "2f000000000000400000, good",
        "2f000000000000400100, 05/24/00",
        "2f040000000000000100, 05/24/00", // BYTCHK 10b
        "2f200000000000000100, 05/24/00" // VRPROTECT
    })
    void limitsHold(String cdb, String expected) {
        if ("good".equals(expected)) {
            bench.good(FakeTask.cdb(cdb));
        } else {
            assertEquals(expected, bench.check(FakeTask.cdb(cdb)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "2e100000000800000200",
                "2e020000000800000200",
                "ae0000000008000000020000",
                "ae0200000008000000020000",
                "8e000000000000000008000000020000",
                "8e020000000000000008000000020000"
            })
    void writeAndVerifyWritesMakesDurableAndReadsBack(String cdb) {
        bench.good(FakeTask.cdb(cdb).sending(Bench.filled(1024, 3)));
        assertArrayEquals(Bench.filled(1024, 3), bench.volume.bytes(4096, 1024));
        assertEquals(List.of("write 4096+1024", "flush", "read 4096+1024"), bench.volume.calls);
    }

    @Test
    void writeAndVerifyThatCannotBeMadeDurableFails() {
        bench.volume.commitFailure = new BackendException(BackendError.FAILED, "for this test");
        assertEquals(
                "03/0c/00",
                bench.check(FakeTask.cdb("2e000000000000000100").sending(Bench.filled(512, 3))));
    }

    @Test
    void writeAndVerifyTakesTheWholeBlocksThatCame() {
        bench.good(FakeTask.cdb("2e000000000000000200").sending(Bench.filled(600, 3)));
        assertArrayEquals(Bench.filled(512, 3), bench.volume.bytes(0, 512));
        assertArrayEquals(Bench.filled(512, 0), bench.volume.bytes(512, 512));
        bench.good(FakeTask.cdb("2e000000000000000100").sending(new byte[0]));
    }

    @Test
    void abortedWriteAndVerifyStopsBeforeItReads() {
        FakeTask task = FakeTask.cdb("2e000000000000000100").sending(Bench.filled(512, 3));
        bench.volume.afterWrite = () -> task.aborted = true;
        assertEquals("0b/00/00", bench.check(task));
        assertEquals(List.of("write 0+512", "flush"), bench.volume.calls);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "2e000001ffff00000200, 05/21/00",
        "2e000000000000400100, 05/24/00",
        "2e040000000000000100, 05/24/00",
        "2e060000000000000100, 05/24/00",
        "2e200000000000000100, 05/24/00"
    })
    void writeAndVerifyHoldsItsLimits(String cdb, String expected) {
        assertEquals(expected, bench.check(FakeTask.cdb(cdb)));
        assertEquals(List.of(), bench.volume.calls);
    }
}
