package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** Goal: GOOD to SYNCHRONIZE CACHE is true, also after a crash. */
class SynchronizeCacheCommandTest {
    private static final String FLUSH = "35000000000000000000";

    private final Bench bench = new Bench(Bench.SIZE_BYTES, 512, true, false);

    @ParameterizedTest
    @ValueSource(strings = {"35000000000000000000", "91000000000000000000000000000000"})
    void everythingIsDurable(String cdb) {
        bench.good(FakeTask.cdb(cdb));
        assertEquals(List.of("commit"), bench.volume.calls);
    }

    @Test
    void whereMuchMayWaitTheConnectionIsReadMeanwhile() {
        bench.good(FakeTask.cdb(FLUSH).alone());
        assertEquals(List.of("commit"), bench.volume.calls);
    }

    @Test
    void whereLittleWaitsTheThreadOfALoneCommandDoesIt() {
        Bench through = new Bench(Bench.SIZE_BYTES, 512, false, false);
        through.good(FakeTask.cdb(FLUSH).alone());
        assertEquals(List.of("flush"), through.volume.calls);
    }

    @Test
    void onAMediumThatIsSlowOfLateTheConnectionIsReadMeanwhile() {
        Bench through = new Bench(Bench.SIZE_BYTES, 512, false, false);
        through.committedIn(100_000_000);
        through.good(FakeTask.cdb(FLUSH).alone());
        through.good(FakeTask.cdb(FLUSH).alone());
        assertEquals(List.of("commit", "flush"), through.volume.calls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"35000000000000000000", "91000000000000000000000000000000"})
    void theFirstAfterLostWritesFailsOnceForEachNexus(String cdb) {
        bench.volume.dirtyAtCrash = true;
        assertEquals("03/0c/00", bench.check(FakeTask.cdb(cdb).alone()));
        assertEquals(List.of(), bench.volume.calls);
        bench.good(FakeTask.cdb(cdb).alone());
        assertEquals("03/0c/00", bench.check(FakeTask.cdb(cdb).by(FakeTask.NEXUS_B).alone()));
        bench.good(FakeTask.cdb(cdb).by(FakeTask.NEXUS_B).alone());
    }
}
