package org.dbstore.server.lun;

import static org.dbstore.server.scsi.FakeTask.NEXUS_A;
import static org.dbstore.server.scsi.FakeTask.NEXUS_B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Goal: who uses a volume learns that it is another now, and a command that races gets no fault.
 */
class VolumeChangeTest {
    private static final String READY = "000000000000";

    private final Bench bench = new Bench();

    @BeforeEach
    void bothAreLoggedIn() {
        for (Nexus each : List.of(NEXUS_A, NEXUS_B)) {
            bench.unit.nexusEstablished(each);
            bench.run(FakeTask.cdb(READY).by(each));
        }
    }

    @Test
    void everyNexusLearnsOfAnotherSizeAndReadsIt() {
        bench.volume.resize(2 * Bench.SIZE_BYTES);
        bench.unit.volumeChanged(false);
        for (Nexus each : List.of(NEXUS_A, NEXUS_B)) {
            assertEquals("06/2a/09", bench.check(FakeTask.cdb(READY).by(each)));
            bench.good(FakeTask.cdb(READY).by(each));
        }
        assertEquals(
                "%08x00000200".formatted(2 * Bench.SIZE_BYTES / 512 - 1),
                bench.hex(FakeTask.cdb("25000000000000000000")));
    }

    @Test
    void aRollbackSaysThatTheMediumMayHaveChangedAndNoMore() {
        bench.unit.volumeChanged(true);
        assertEquals("06/28/00", bench.check(FakeTask.cdb(READY)));
        bench.good(FakeTask.cdb(READY));
        assertEquals(List.of(SenseCode.MEDIUM_MAY_HAVE_CHANGED), pending(NEXUS_B));
    }

    @Test
    void aRollbackToAnotherSizeSaysBoth() {
        bench.volume.resize(Bench.SIZE_BYTES / 2);
        bench.unit.volumeChanged(true);
        assertEquals(
                List.of(SenseCode.MEDIUM_MAY_HAVE_CHANGED, SenseCode.CAPACITY_DATA_HAS_CHANGED),
                pending(NEXUS_A));
    }

    @Test
    void oneUnitMappedTwiceHasOneStateAndItsOwnWriteProtection() {
        LogicalUnit readOnly = bench.unit.mapping(true);
        var luns = new LunMap(new TreeMap<>(Map.of(0, bench.unit, 1, readOnly)), List.of(1));
        assertTrue(readOnly.isSame(bench.unit));
        assertFalse(readOnly.isSame(new Bench().unit));

        FakeTask write = FakeTask.cdb("2a000000000000000100").sending(new byte[512]).lun(1);
        assertEquals("07/27/00", code(bench.run(write, luns)));
        bench.good(FakeTask.cdb("2a000000000000000100").sending(new byte[512]));

        // A reservation made through one mapping holds on the other.
        bench.good(FakeTask.cdb("160000000000"));
        assertEquals(
                CommandOutcome.Status.RESERVATION_CONFLICT,
                bench.run(FakeTask.cdb("28000000000000000100").lun(1).by(NEXUS_B), luns));

        // And so does a unit attention.
        readOnly.volumeChanged(true);
        assertEquals("06/28/00", bench.check(FakeTask.cdb(READY)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "28000001000000000100, 0", // READ
        "2a000001000000000100, 512", // WRITE
        "2f000001000000000100, 0", // VERIFY
        "41000001000000000100, 512", // WRITE SAME
        "42000000000000001800, 24", // UNMAP
        "89000000000000010000000000010000, 1024", // COMPARE AND WRITE
        "9e120000000000010000000000400000, 0" // GET LBA STATUS
    })
    void aCommandThatRacesAShrinkIsOutOfRange(String cdb, int sending) {
        byte[] data = new byte[sending];
        if (cdb.startsWith("42")) {
            data[1] = 22;
            data[3] = 16;
            data[13] = 1;
            data[19] = 1;
        }
        bench.volume.beforeCheck = () -> bench.volume.resize(1 << 20);
        byte[] sense = bench.sense(FakeTask.cdb(cdb).sending(data));
        assertEquals("05/21/00", String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]));
    }

    @Test
    void aReadThatWaitedForThePoolWhileTheVolumeShrankIsOutOfRange() {
        bench.poolHolds = true;
        bench.volume.nothingIsInMemory = true;
        FakeTask read = FakeTask.cdb("28000001000000000100");
        bench.run(read);
        bench.volume.resize(1 << 20);
        bench.waiting.remove().run();
        assertEquals("05/21/00", code(read.outcome()));
    }

    @Test
    void anIndexBeyondAnArrayIsAFaultOfOursWhenNothingShrank() {
        bench.volume.fault = new IndexOutOfBoundsException("ours");
        assertEquals(
                "04/44/00",
                bench.check(FakeTask.cdb("2a000000000000000100").sending(new byte[512])));
    }

    private List<SenseCode> pending(Nexus nexus) {
        return bench.unit.pendingAttentions(nexus);
    }

    private static String code(@Nullable CommandOutcome outcome) {
        byte[] sense = assertInstanceOf(CommandOutcome.CheckCondition.class, outcome).sense();
        return String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]);
    }
}
