package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.MemoryStore;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Goal: what a restart interrupted or left failed is not taken for sanitized. */
class SanitationTest {
    private static final String READY = "000000000000";
    private static final String ERASE = "48020000000000000000";
    private static final String ERASE_OR_GIVE_UP = "48220000000000000000";
    private static final String EXIT_FAILURE_MODE = "481f0000000000000000";
    private static final long SIZE = 4 << 20;

    private final MemoryStore store = new MemoryStore();

    private Bench restarted() {
        return new Bench(SIZE, 512, false, false, store);
    }

    private void fail(String cdb) {
        Bench bench = restarted();
        bench.volume.writeFailure = new BackendException(BackendError.IO, "for this test");
        assertEquals("03/31/03", bench.check(FakeTask.cdb(cdb)));
    }

    @Test
    void whatFailedHasFailedAfterARestartUntilItIsDone() {
        fail(ERASE);
        Bench bench = restarted();
        assertEquals("03/31/03", bench.check(FakeTask.cdb(READY)));
        assertEquals("05/24/00", bench.check(FakeTask.cdb(EXIT_FAILURE_MODE)), "AUSE=0");
        bench.good(FakeTask.cdb(ERASE));
        bench.good(FakeTask.cdb(READY));
        restarted().good(FakeTask.cdb(READY));
    }

    @Test
    void whatARestartInterruptedHasFailed() {
        Bench bench = restarted();
        List<byte[]> kept = new ArrayList<>();
        bench.volume.afterWrite = () -> kept.add(store.load());
        bench.good(FakeTask.cdb(ERASE));
        restarted().good(FakeTask.cdb(READY));
        store.keep(kept.getFirst());
        assertEquals("03/31/03", restarted().check(FakeTask.cdb(READY)));
    }

    @Test
    void itCanBeGivenUpAfterARestartIfThatWasAllowed() {
        fail(ERASE_OR_GIVE_UP);
        Bench bench = restarted();
        bench.good(FakeTask.cdb(EXIT_FAILURE_MODE));
        bench.good(FakeTask.cdb(READY));
        restarted().good(FakeTask.cdb(READY));
    }

    @Test
    void nothingBeginsThatCannotBeKept() {
        store.fails = true;
        Bench bench = restarted();
        bench.volume.fill(0, 512, 7);
        assertEquals("03/0c/00", bench.check(FakeTask.cdb(ERASE)));
        assertEquals(4096, bench.volume.mappedBytes());
        bench.good(FakeTask.cdb(READY));
    }
}
