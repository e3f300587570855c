package org.dbstore.server.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.catalogue.DerivedIds;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;

/** Goal: the name of a unit never changes and is nobody else's. */
class UnitIdentityTest {
    @Test
    void identifierIsTheSameInEveryVersion() {
        var identity = new UnitIdentity(UUID.fromString("fdd611f6-04c1-84f1-992a-1ac865180ede"));
        assertEquals("6024442dd611f604c184f1992a1ac865", identity.serial());
        assertEquals(identity.serial(), HexFormat.of().formatHex(identity.naa()));
    }

    @Test
    void companyIsLocallyAdministered() {
        byte[] naa = new UnitIdentity(new UUID(-1, -1)).naa();
        assertEquals(0x6, naa[0] >>> 4);
        int firstOctetOfCompany = (naa[0] & 0x0f) << 4 | (naa[1] & 0xf0) >>> 4;
        assertTrue((firstOctetOfCompany & 0x02) != 0);
        assertEquals(0, firstOctetOfCompany & 0x01, "not a group address");
    }

    @Test
    void differentVolumesHaveDifferentIdentifiers() {
        assertNotEquals(
                new UnitIdentity(UUID.randomUUID()).serial(),
                new UnitIdentity(UUID.randomUUID()).serial());
    }

    /** Its identifiers came from the hash of "deviceUUID/volume" before volumes had UUIDs. */
    @Test
    void volumesOfOlderDevicesKeepTheirIdentifiers() throws Exception {
        UUID device = UUID.fromString("7b0c7ad3-4a36-4c0b-8d0e-3f5f0a6e2d11");
        byte[] hash =
                MessageDigest.getInstance("SHA-256")
                        .digest((device + "/vm1@3").getBytes(StandardCharsets.UTF_8));
        String digits = HexFormat.of().formatHex(hash, 0, 13).substring(1);
        assertEquals(
                "6024442" + digits,
                new UnitIdentity(DerivedIds.snapshot(device, "vm1", 3)).serial());
    }
}
