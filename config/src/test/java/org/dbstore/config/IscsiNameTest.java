package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: exactly the names of RFC 7143, "iSCSI Name Structure", pass, in their normal form. */
class IscsiNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "iqn.2001-04.com.example",
                "iqn.2001-04.com.example:diskarrays-sn-a8675309",
                "iqn.1994-05.com.redhat:1a2b",
                "iqn.1991-05.com.microsoft:host.example.com",
                "iqn.2001-04.com.example:a:b:",
                "eui.02004567a425678d",
                "naa.52004567ba64678d",
                "naa.62004567ba64678d0123456789abcdef"
            })
    void aNameOfTheStandardIsKept(String name) {
        assertEquals(name, IscsiName.parse(name));
    }

    @Test
    void upperCaseAndWideLettersAreNormalised() {
        assertEquals("iqn.2026-01.org.dbstore:vm1", IscsiName.parse("IQN.2026-01.Org.DBStore:VM1"));
        assertEquals("iqn.2026-01.org.dbstore:vm1", IscsiName.parse("iqn.2026-01.org.dbstore:ｖｍ1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "disk1",
                "iqn.2026.org.dbstore:vm1",
                "iqn.2026-13.org.dbstore:vm1",
                "iqn.2026-00.org.dbstore:vm1",
                "iqn.2026-01.:vm1",
                "iqn.2026-01.org..dbstore:vm1",
                "iqn.2026-01.-org:vm1",
                "iqn.2026-01.org.dbstore:",
                "iqn.2026-01.org.dbstore:vm 1",
                "iqn.2026-01.org.dbstore:vm_1",
                "iqn.2026-01.org.dbstore:vm\n1",
                "iqn.2026-01.org.dbstore:*",
                "eui.02004567a425678",
                "eui.02004567a425678g",
                "naa.52004567ba64678d0"
            })
    void anythingElseIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> IscsiName.parse(name));
    }

    @Test
    void aNameMayHave223BytesAndNotOneMore() {
        String longest = "iqn.2026-01.org.dbstore:" + "x".repeat(223 - 24);
        assertEquals(longest, IscsiName.parse(longest));
        assertThrows(IllegalArgumentException.class, () -> IscsiName.parse(longest + "x"));
    }

    @Test
    void aPatternMayHoldStars() {
        assertEquals(
                "iqn.1994-05.com.redhat:*", IscsiName.parsePattern("IQN.1994-05.com.RedHat:*"));
        assertEquals("*.com.redhat:1", IscsiName.parsePattern("*.com.redhat:1"));
        assertEquals("iq*", IscsiName.parsePattern("iq*"));
        assertEquals("eui.02004567a425678d", IscsiName.parsePattern("eui.02004567a425678d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**", "host*", "iqn.1994-05.com.redhat:a b*", "redhat"})
    void aPatternForEverybodyOrNobodyIsRefused(String pattern) {
        assertThrows(IllegalArgumentException.class, () -> IscsiName.parsePattern(pattern));
    }
}
