package org.dbstore.server.scsi.jscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.SenseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HexFormat;

/** Goal: fixed format sense data, byte for byte (SPC-4, "Fixed format sense data"). */
class SenseTest {
    @ParameterizedTest
    @EnumSource(SenseCode.class)
    void everyCodeIsAtItsPlaceEvenIfJscsiDoesNotKnowIt(SenseCode code) {
        assertEquals(
                String.format(
                        "7000%02x000000000a00000000%02x%02x00000000",
                        code.key(), code.asc(), code.ascq()),
                HexFormat.of().formatHex(Sense.fixed(code)));
        assertEquals(
                String.format("72%02x%02x%02x00000000", code.key(), code.asc(), code.ascq()),
                HexFormat.of().formatHex(Sense.descriptor(code)));
    }

    @Test
    void informationIsValidUpTo32Bits() {
        assertEquals(
                "f0000effffffff0a000000001d0000000000",
                hex(Sense.of(SenseCode.MISCOMPARE_DURING_VERIFY, 0xffff_ffffL)));
        assertEquals(
                "70000e000000000a000000001d0000000000",
                hex(Sense.of(SenseCode.MISCOMPARE_DURING_VERIFY, 0x1_0000_0000L)));
        assertEquals(
                "70000e000000000a000000001d0000000000",
                hex(Sense.of(SenseCode.MISCOMPARE_DURING_VERIFY, -1)));
    }

    @Test
    void fieldPointerPointsAtByteAndBit() {
        assertEquals("700005000000000a00000000240000c0000e", hex(Sense.invalidCdbField(14)));
        assertEquals("700005000000000a00000000240000cf0001", hex(Sense.invalidCdbField(1, 7)));
        assertEquals("700005000000000a00000000260000800010", hex(Sense.invalidParameter(16)));
    }

    private static String hex(CheckCondition outcome) {
        return HexFormat.of().formatHex(outcome.sense());
    }
}
