package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a portal is a literal address; no name server is ever asked. */
class PortalConfigTest {
    @Test
    void bothFamiliesAreRead() {
        assertEquals(
                new PortalConfig("192.0.2.1", 3261, 1), PortalConfig.parse("192.0.2.1:3261", 1));
        assertEquals(
                new PortalConfig("2001:db8::1", 3260, 2), PortalConfig.parse("[2001:db8::1]", 2));
        assertEquals(new PortalConfig("::", 65535, 1), PortalConfig.parse("[::]:65535", 1));
        assertEquals(new PortalConfig("0.0.0.0", 3260, 1), PortalConfig.parse("0.0.0.0", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:3260",
                "san.example.com",
                "127.1:3260",
                "256.0.0.1:3260",
                "::1",
                "::1:3260",
                "[127.0.0.1]:3260",
                "[::g]:3260",
                "[::1]3260",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:http"
            })
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> PortalConfig.parse(text, 1));
    }

    @Test
    void aTestMayAskForAnyFreePort() {
        assertEquals(0, new PortalConfig("127.0.0.1", 0, 1).port());
    }
}
