package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** Goal: WRITE SAME leaves many copies of one block, and does not store zeroes. */
class WriteSameCommandTest {
    private final Bench bench = new Bench();

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "41000000000800001000",
                "41080000000800001000",
                "93000000000000000008000000100000",
                "93080000000000000008000000100000"
            })
    void dataIsRepeatedEvenWithUnmap(String cdb) {
        byte[] pattern = new byte[512];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) (i * 7 + 1);
        }
        bench.good(FakeTask.cdb(cdb).sending(pattern));
        for (int block = 8; block < 24; block++) {
            assertArrayEquals(pattern, bench.volume.bytes(block * 512L, 512));
        }
        assertArrayEquals(new byte[512], bench.volume.bytes(7 * 512, 512));
        assertArrayEquals(new byte[512], bench.volume.bytes(24 * 512, 512));
        assertEquals(List.of("write 4096+8192", "commit"), bench.volume.calls);
    }

    @ParameterizedTest(name = "{0}, {1} bytes sent")
    @CsvSource({
        "41000000000100001000, 512",
        "41080000000100001000, 512",
        "93000000000000000001000000100000, 512",
        "93080000000000000001000000100000, 512",
        "93010000000000000001000000100000, 0", // NDOB
        "93090000000000000001000000100000, 0",
        "93010000000000000001000000100000, 512"
    })
    void zeroesAreNotStored(String cdb, int sent) {
        bench.volume.fill(0, 16384, 1);
        bench.good(FakeTask.cdb(cdb).sending(new byte[sent]));
        assertArrayEquals(Bench.filled(512, 1), bench.volume.bytes(0, 512));
        assertArrayEquals(Bench.filled(8192, 0), bench.volume.bytes(512, 8192));
        assertArrayEquals(Bench.filled(512, 1), bench.volume.bytes(8704, 512));
        assertEquals(12288, bench.volume.mappedBytes());
    }

    @Test
    void longRangeIsWrittenInPieces() {
        bench.good(
                FakeTask.cdb("9300" + "0000000000000008" + "00001001" + "0000")
                        .sending(Bench.filled(512, 5)));
        assertEquals(
                List.of(
                        "write 4096+1048576",
                        "write 1052672+1048576",
                        "write 2101248+512",
                        "commit"),
                bench.volume.calls);
        assertArrayEquals(Bench.filled(512, 5), bench.volume.bytes(2101248, 512));
        assertArrayEquals(Bench.filled(512, 0), bench.volume.bytes(2101248 + 512, 512));
    }

    @ParameterizedTest(name = "{1} blocks at {0}: {2}")
    @CsvSource({
        "131071, 1, good",
        "131071, 2, 05/21/00",
        "131072, 1, 05/21/00",
        "131073, 0, 05/21/00",
        "-1, 1, 05/21/00",
        "0, 0, 05/24/00", // WSNZ=1
        "131072, 0, 05/24/00",
        "0, 32768, good",
        "0, 32769, 05/24/00"
    })
    void limitsHold(long lba, long blocks, String expected) {
        FakeTask task =
                FakeTask.cdb(String.format("9300%016x%08x0000", lba, blocks))
                        .sending(new byte[512]);
        if ("good".equals(expected)) {
            bench.good(task);
        } else {
            assertEquals(expected, bench.check(task));
            assertEquals(List.of(), bench.volume.calls);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "41100000000000000100", // ANCHOR
                "41180000000000000100",
                "93100000000000000000000000010000",
                "41200000000000000100", // WRPROTECT
                "93200000000000000000000000010000",
                "41010000000000000100" // no NDOB in the short form
            })
    void anchorAndProtectionAreRefused(String cdb) {
        assertEquals("05/24/00", bench.check(FakeTask.cdb(cdb).sending(new byte[512])));
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 256, 511, 513, 1024})
    void otherSizeThanOneBlockIsRefusedBeforeTheDataIsTaken(int sent) {
        for (String cdb : List.of("41080000000000000100", "93080000000000000000000000010000")) {
            assertEquals("05/24/00", bench.check(FakeTask.cdb(cdb).sending(new byte[sent])));
        }
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void abortedCommandStopsBetweenPieces() {
        FakeTask task =
                FakeTask.cdb("93000000000000000000000010000000").sending(Bench.filled(512, 5));
        bench.volume.afterWrite = () -> task.aborted = true;
        bench.run(task);
        assertEquals(List.of("write 0+1048576"), bench.volume.calls);
    }
}
