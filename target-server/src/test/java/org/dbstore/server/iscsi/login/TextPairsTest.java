package org.dbstore.server.iscsi.login;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dbstore.server.iscsi.login.TextPairs.Pair;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Goal: text is taken as RFC 7143 section 6.1 has it, and nothing else is. */
class TextPairsTest {
    @Test
    void pairsComeInOrder() throws ProtocolException {
        assertEquals(
                List.of(new Pair("A", "1"), new Pair("B", "x=y"), new Pair("X-com.example.k", "")),
                parse("A=1\0B=x=y\0X-com.example.k=\0"));
    }

    @Test
    void emptyTextHasNoPairs() throws ProtocolException {
        assertEquals(List.of(), parse(""));
    }

    @Test
    void paddingCountedAsTextIsForgiven() throws ProtocolException {
        assertEquals(List.of(new Pair("A", "1")), parse("A=1\0\0\0\0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A=1", // no NUL at the end
                "A\0", // no '='
                "=1\0", // no key
                "a b=1\0", // a space in a key
                "A=\u0001\0", // a control character
            })
    void malformedTextIsRefused(String text) {
        assertThrows(ProtocolException.class, () -> parse(text));
    }

    @Test
    void aKeyOf63BytesIsTheLongest() throws ProtocolException {
        assertEquals(1, parse("K".repeat(63) + "=\0").size());
        assertThrows(ProtocolException.class, () -> parse("K".repeat(64) + "=\0"));
    }

    @Test
    void aValueOf255BytesIsTheLongest() throws ProtocolException {
        assertEquals(1, parse("K=" + "v".repeat(255) + "\0").size());
        assertThrows(ProtocolException.class, () -> parse("K=" + "v".repeat(256) + "\0"));
    }

    @Test
    void moreThan128PairsAreRefused() throws ProtocolException {
        assertEquals(128, parse("A=b\0".repeat(128)).size());
        assertThrows(ProtocolException.class, () -> parse("A=b\0".repeat(129)));
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] text = {'A', '=', (byte) 0xff, 0};
        assertThrows(ProtocolException.class, () -> TextPairs.parse(text));
    }

    @Test
    void whatIsRenderedEndsInNul() {
        assertArrayEquals(
                "A=1\0B=2\0".getBytes(StandardCharsets.UTF_8),
                TextPairs.render(List.of("A=1", "B=2")));
    }

    private static List<Pair> parse(String text) throws ProtocolException {
        return TextPairs.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
