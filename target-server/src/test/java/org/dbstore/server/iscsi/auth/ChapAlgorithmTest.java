package org.dbstore.server.iscsi.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Goal: each hash gives the known answer for identifier 7Fh, secret "correct horse battery" and the
 * challenge 00h..0Fh (computed with Python's hashlib).
 */
class ChapAlgorithmTest {
    @ParameterizedTest
    @CsvSource({
        "MD5, 5, 59165fbbb23ea07703509d7e9df537ee",
        "SHA_1, 6, c34e0f908d93445bc341e816950a4c42003ff46e",
        "SHA_256, 7, 97e85bedccb619076c99d46d455159d868203e57cccc4d206778e97769a2f1ef",
        "SHA3_256, 8, 5fd154b02f0029a60cf6b6690f36f3f1d203f22e28a7a726325c3ae8ada2fade"
    })
    void theResponseIsTheKnownAnswer(ChapAlgorithm algorithm, int code, String expected) {
        byte[] response =
                algorithm.response(
                        0x7f,
                        "correct horse battery".getBytes(StandardCharsets.US_ASCII),
                        HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
        assertEquals(expected, HexFormat.of().formatHex(response));
        assertEquals(code, algorithm.code());
    }
}
