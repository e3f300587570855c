package org.dbstore.server.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;

/** Goal: the name of a unit never changes and is nobody else's. */
class UnitIdentityTest {
    @Test
    void identifierIsTheSameInEveryVersion() {
        var identity = new UnitIdentity("7b0c7ad3-4a36-4c0b-8d0e-3f5f0a6e2d11");
        assertEquals("6024442dd611f604c184f1992a1ac865", identity.serial());
        assertEquals(identity.serial(), HexFormat.of().formatHex(identity.naa()));
    }

    @Test
    void companyIsLocallyAdministered() {
        byte[] naa = new UnitIdentity("x").naa();
        assertEquals(0x6, naa[0] >>> 4);
        int firstOctetOfCompany = (naa[0] & 0x0f) << 4 | (naa[1] & 0xf0) >>> 4;
        assertTrue((firstOctetOfCompany & 0x02) != 0);
        assertEquals(0, firstOctetOfCompany & 0x01, "not a group address");
    }

    @Test
    void differentVolumesHaveDifferentIdentifiers() {
        assertNotEquals(new UnitIdentity("a").serial(), new UnitIdentity("b").serial());
    }
}
