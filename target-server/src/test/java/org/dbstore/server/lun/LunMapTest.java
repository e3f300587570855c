package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeMap;

/** Goal: a LUN field means one unit or none (SAM-5, "Single level LUN structure"). */
class LunMapTest {
    private final LogicalUnit unit = new Bench().unit;

    @Test
    void peripheralAndFlatAddressingFindTheSameUnit() {
        LunMap map = map(255);
        assertSame(unit, map.find(0x00ff_0000_0000_0000L));
        assertSame(unit, map.find(0x40ff_0000_0000_0000L));
        assertNull(map.find(0x00fe_0000_0000_0000L));
    }

    @Test
    void otherMethodsBusesAndLevelsFindNothing() {
        LunMap map = map(1);
        assertSame(unit, map.find(0x0001_0000_0000_0000L));
        assertNull(map.find(0x8001_0000_0000_0000L), "logical unit addressing");
        assertNull(map.find(0xc101_0000_0000_0000L), "REPORT LUNS well known unit");
        assertNull(map.find(0x0101_0000_0000_0000L), "bus 1");
        assertNull(map.find(0x4101_0000_0000_0000L), "flat 257");
        assertNull(map.find(0x0001_0001_0000_0000L), "second level");
        assertNull(map.find(0x0001_0000_0000_0001L), "last byte");
    }

    @Test
    void numbersAreListedInOrder() {
        var units = new TreeMap<Integer, LogicalUnit>();
        units.put(7, unit);
        units.put(0, unit);
        assertEquals(List.of(0, 7), List.copyOf(new LunMap(units, List.of(1)).numbers()));
    }

    @Test
    void numberPast255IsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> map(256));
    }

    private LunMap map(int number) {
        var units = new TreeMap<Integer, LogicalUnit>();
        units.put(number, unit);
        return new LunMap(units, List.of(1));
    }
}
