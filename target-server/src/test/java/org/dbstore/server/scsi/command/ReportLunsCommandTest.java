package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;

import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** Goal: the list of units, in the layout that ESXi reads. */
class ReportLunsCommandTest {
    private final Bench bench = new Bench();

    @Test
    void unitsAreListedByPeripheralAddressing() {
        var units = new TreeMap<Integer, LogicalUnit>();
        units.put(255, bench.unit);
        units.put(0, bench.unit);
        units.put(8, bench.unit);
        var outcome =
                bench.dataIn(
                        FakeTask.cdb("a00002000000000008080000"), new LunMap(units, List.of(1)));
        assertEquals(
                "00000018"
                        + "00000000"
                        + "0000000000000000"
                        + "0008000000000000"
                        + "00ff000000000000",
                HexFormat.of().formatHex(Bench.bytes(outcome.data())));
    }

    @Test
    void targetWithoutUnitsHasAnEmptyList() {
        var outcome =
                bench.dataIn(
                        FakeTask.cdb("a00000000000000008080000"),
                        new LunMap(new TreeMap<>(), List.of(1)));
        assertEquals("0000000000000000", HexFormat.of().formatHex(Bench.bytes(outcome.data())));
    }

    @Test
    void thereAreNoWellKnownUnits() {
        assertEquals("0000000000000000", bench.hex(FakeTask.cdb("a00001000000000008080000")));
    }

    @Test
    void otherReportsAreRefused() {
        byte[] sense = bench.sense(FakeTask.cdb("a00003000000000008080000"));
        assertEquals(0x24, sense[12]);
        assertEquals(2, sense[17]);
    }

    @Test
    void allocationBelow16IsRefused() {
        byte[] sense = bench.sense(FakeTask.cdb("a000000000000000000f0000"));
        assertEquals(0x24, sense[12]);
        assertEquals(6, sense[17]);
        assertEquals(16, bench.data(FakeTask.cdb("a00000000000000000100000")).length);
    }
}
