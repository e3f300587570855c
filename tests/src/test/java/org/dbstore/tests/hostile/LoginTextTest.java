package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Goal: login text is taken by the letter, and answered within bounds (cases 6 to 8). */
class LoginTextTest extends HostileClientTest {
    private static final int KEYS_MAX = 128;
    private static final int DEFAULT_MAX_BURST_BYTES = 262_144;

    @Test
    void aLoginOf2048KeysIsRefused() throws Exception {
        byte[] text = "A=b\0".repeat(2048).getBytes(StandardCharsets.US_ASCII);
        try (RawInitiator client = connect()) {
            client.send(client.loginRequest(1, 3, List.of()).data(text));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @Test
    void moreThan128DifferentKeysAreRefused() throws Exception {
        List<String> keys = session();
        IntStream.range(0, KEYS_MAX).forEach(i -> keys.add("X%03d=v".formatted(i)));
        try (RawInitiator client = connect()) {
            client.send(client.loginRequest(1, 3, keys));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @Test
    void unknownKeysWithinTheLimitsAreNotUnderstood() throws Exception {
        List<String> keys = session();
        IntStream.range(0, 100).forEach(i -> keys.add("X%03d=v".formatted(i)));
        keys.add("X-org.example.key=1");
        keys.add("K".repeat(63) + "=" + "v".repeat(255));
        try (RawInitiator client = connect()) {
            Pdu answer = client.exchange(client.loginRequest(1, 3, keys));
            assertEquals(0, answer.loginStatus(), answer::toString);
            assertEquals("NotUnderstood", answer.textKeys().get("X000"));
            assertEquals("NotUnderstood", answer.textKeys().get("X099"));
            assertEquals("NotUnderstood", answer.textKeys().get("X-org.example.key"));
            assertEquals("NotUnderstood", answer.textKeys().get("K".repeat(63)));
        }
    }

    static Stream<byte[]> textsAgainstTheGrammar() {
        byte[] badUtf8 = {
            'I',
            'n',
            'i',
            't',
            'i',
            'a',
            't',
            'o',
            'r',
            'A',
            'l',
            'i',
            'a',
            's',
            '=',
            (byte) 0xc3,
            0x28,
            0
        };
        return Stream.of(
                keys("K".repeat(64) + "=v"),
                keys("MaxBurstLength=" + "1".repeat(256)),
                keys("X-org.example.key=" + "v".repeat(8100)),
                keys("MaxBurstLength"),
                keys("=value"),
                keys("MaxBurstLength=65536", "MaxBurstLength=65536"),
                keys("lower=case"),
                badUtf8,
                "MaxBurstLength=65536".getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @MethodSource("textsAgainstTheGrammar")
    void textAgainstTheGrammarIsRefused(byte[] text) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Pdu.keysToBytes(session()));
        all.writeBytes(text);
        try (RawInitiator client = connect()) {
            client.send(client.loginRequest(1, 3, List.of()).data(all.toByteArray()));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8188, 8189, 8190, 8191, 8192})
    void textThatFillsThePduWithoutItsLastNulIsRefused(int bytes) throws Exception {
        try (RawInitiator client = connect()) {
            byte[] text = textOf(bytes);
            text[bytes - 1] = 'v';
            client.send(client.loginRequest(1, 3, List.of()).data(text));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8188, 8189, 8190, 8191, 8192})
    void textThatFillsThePduIsTaken(int bytes) throws Exception {
        try (RawInitiator client = connect()) {
            Pdu answer = client.exchange(client.loginRequest(1, 3, List.of()).data(textOf(bytes)));
            assertEquals(0, answer.loginStatus(), answer::toString);
        }
    }

    /** Well-formed text of that length: a session, then unknown keys of at most 255 bytes. */
    private static byte[] textOf(int bytes) {
        List<String> keys = session();
        int left = bytes - Pdu.keysToBytes(keys).length;
        for (int i = 0; left > 0; i++) {
            // Never leave less than the shortest entry, "X00=" and NUL.
            int entry = left <= 250 ? left : Math.min(200, left - 20);
            keys.add("X%02d=".formatted(i) + "v".repeat(entry - 5));
            left -= entry;
        }
        return Pdu.keysToBytes(keys);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0",
                "511",
                "16777216",
                "18446744073709551616",
                "0x",
                "1e3",
                "",
                " 65536",
                "65536,131072",
                "512~65536",
                "+65536"
            })
    void aNumberThatIsNoneIsRejectedAndChangesNothing(String value) throws Exception {
        List<String> keys = session();
        keys.add("MaxBurstLength=" + value);
        keys.add("MaxRecvDataSegmentLength=" + RawInitiator.RECEIVE_BYTES_MAX);
        try (RawInitiator client = connect()) {
            Pdu answer = client.exchange(client.loginRequest(1, 3, keys));
            assertEquals(0, answer.loginStatus(), answer::toString);
            assertEquals("Reject", answer.textKeys().get("MaxBurstLength"));
            if (!answer.isFinal()) {
                answer = client.exchange(client.loginRequest(1, 3, List.of()));
            }
            client.enterFullFeature(answer);
            client.read(TestServer.LUN, Cdb.testUnitReady(), 0);

            byte[] cdb = Cdb.write10(0, 2 * DEFAULT_MAX_BURST_BYTES / 512);
            client.send(client.scsiCommand(TestServer.LUN, cdb, 0x20, 2 * DEFAULT_MAX_BURST_BYTES));
            Pdu r2t = client.receive();
            assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
            assertEquals(DEFAULT_MAX_BURST_BYTES, r2t.get32(44), "desired length of the R2T");
        }
    }

    @Test
    void aNumberThatIsNoneIsNotNegotiatedForEver() throws Exception {
        List<String> keys = session();
        keys.add("MaxBurstLength=-1");
        try (RawInitiator client = connect()) {
            Pdu answer = client.exchange(client.loginRequest(1, -1, keys));
            assertEquals("Reject", answer.textKeys().get("MaxBurstLength"));
            client.send(client.loginRequest(1, 3, List.of("MaxBurstLength=-1")));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @Test
    void hexNumbersAreTaken() throws Exception {
        List<String> keys = session();
        keys.add("MaxBurstLength=0x8000");
        try (RawInitiator client = connect()) {
            Pdu answer = client.exchange(client.loginRequest(1, 3, keys));
            assertEquals(0, answer.loginStatus(), answer::toString);
            String value = answer.textKeys().get("MaxBurstLength");
            assertTrue(value != null && Long.decode(value) == 0x8000, "MaxBurstLength " + value);
        }
    }

    private static List<String> session() {
        return new ArrayList<>(RawInitiator.normalSession(TestServer.TARGET));
    }

    private static byte[] keys(String... keys) {
        return Pdu.keysToBytes(Arrays.asList(keys));
    }
}
