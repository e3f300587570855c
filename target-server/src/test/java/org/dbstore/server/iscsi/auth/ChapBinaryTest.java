package org.dbstore.server.iscsi.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;

/** Goal: binary values of text keys are read as RFC 7143, section 6.1, writes them. */
class ChapBinaryTest {
    @ParameterizedTest
    @ValueSource(strings = {"0x00ff10", "0X00FF10", "0bAP8Q", "0BAP8Q"})
    void hexAndBase64AreRead(String text) {
        assertArrayEquals(new byte[] {0, (byte) 0xff, 16}, ChapBinary.decode(text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "0", "0x", "0b", "0x0", "0x000", "00ff", "ff", "0xgg", "0b====", "0b*", "1x00"
            })
    void whatIsNeitherIsRefused(String text) {
        assertTrue(ChapBinary.decode(text).isEmpty());
    }

    @Test
    void atMost1024BytesAreRead() {
        for (int length : new int[] {1023, 1024}) {
            byte[] bytes = new byte[length];
            assertEquals(
                    length, ChapBinary.decode("0x" + "00".repeat(length)).orElseThrow().length);
            assertArrayEquals(
                    bytes,
                    ChapBinary.decode("0b" + Base64.getEncoder().encodeToString(bytes))
                            .orElseThrow());
        }
        for (int length : new int[] {1025, 1026, 4096}) {
            assertTrue(ChapBinary.decode("0x" + "00".repeat(length)).isEmpty());
            assertTrue(
                    ChapBinary.decode("0b" + Base64.getEncoder().encodeToString(new byte[length]))
                            .isEmpty());
        }
    }

    @Test
    void bytesAreWrittenInHex() {
        assertEquals("0x00ff10", ChapBinary.encode(new byte[] {0, (byte) 0xff, 16}));
    }
}
