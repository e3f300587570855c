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

import java.util.List;

/** Goal: WRITE ATOMIC(16) writes all of its blocks in one step of the engine, or none. */
class WriteAtomicCommandTest {
    private final Bench bench = new Bench();

    private static FakeTask task(long lba, int blocks, int sentBytes) {
        return FakeTask.cdb(String.format("9c00%016x0000%04x0000", lba, blocks))
                .sending(Bench.filled(sentBytes, 1));
    }

    @Test
    void itIsOneAtomicWriteAndNothingElse() {
        bench.good(task(8, 3, 3 * 512));
        assertEquals(List.of("write atomically 4096+1536"), bench.volume.calls);
        assertArrayEquals(Bench.filled(3 * 512, 1), bench.volume.bytes(4096, 3 * 512));
    }

    @ParameterizedTest(name = "{0} blocks at {1}: {2}")
    @CsvSource({
        "1, 131071, good",
        "0, 131072, good",
        "0, 131073, 05/21/00",
        "2, 131071, 05/21/00",
        "32, -16, 05/21/00",
        "2048, 7, good",
        "2049, 7, 05/24/00"
    })
    void limitsHold(int blocks, long lba, String expected) {
        FakeTask task = task(lba, blocks, blocks * 512);
        if (expected.equals("good")) {
            bench.good(task);
        } else {
            assertEquals(expected, bench.check(task));
            assertEquals(List.of(), bench.volume.calls);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 512, 1023})
    void lessDataThanTheBlocksIsRefusedAsAWhole(int sent) {
        assertEquals("05/24/00", bench.check(task(8, 2, sent)));
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void moreDataThanTheBlocksIsLeftOut() {
        bench.good(task(8, 2, 2048));
        assertArrayEquals(new byte[1024], bench.volume.bytes(10 * 512, 1024));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "9c200000000000000000000000010000", // WRPROTECT
                "9c000000000000000000000800100000", // ATOMIC BOUNDARY
                "9c010000000000000000000000010000"
            })
    void whatIsNotOfferedIsRefused(String cdb) {
        assertEquals("05/24/00", bench.check(FakeTask.cdb(cdb).sending(Bench.filled(512, 1))));
    }

    @Test
    void whereTheEngineHasNoAtomicWritesNoneIsAnnouncedOrServed() {
        bench.volume.atomicBytesMax = 0;
        assertEquals("00000000", bench.hex(FakeTask.cdb("1201b000ff00")).substring(88, 96));
        assertEquals("05/24/00", bench.check(task(8, 1, 512)));
        bench.good(task(8, 0, 0));
    }

    @Test
    void aWriteProtectedUnitRefusesIt() {
        Bench snapshot = new Bench(Bench.SIZE_BYTES, 512, false, true);
        assertEquals("07/27/00", snapshot.check(task(8, 1, 512)));
    }

    @Test
    void aFailureOfTheEngineIsAWriteError() {
        bench.volume.writeFailure = new BackendException(BackendError.IO, "of the medium");
        assertEquals("03/0c/00", bench.check(task(8, 1, 512)));
    }
}
