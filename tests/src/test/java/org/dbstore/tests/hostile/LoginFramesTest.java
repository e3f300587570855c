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
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Goal: a login is framed as the standard says, or it is none (cases 2 to 5). */
class LoginFramesTest extends HostileClientTest {
    /** PDUs that one text may be spread over. */
    private static final int TEXT_PDUS_MAX = 16;

    private static final int REJECT_PROTOCOL_ERROR = 0x04;
    private static final int REJECT_INVALID_FIELD = 0x09;

    static Stream<byte[]> firstBytesThatAreNoLogin() {
        byte[] noise = new byte[512];
        new SplittableRandom(393).nextBytes(noise);
        noise[0] = 0x11;
        noise[4] = 0;
        noise[5] = 0;
        byte[] http =
                "GET / HTTP/1.1\r\nHost: storage.example.org\r\nUser-Agent: scanner\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] tls = Arrays.copyOf(HexFormat.of().parseHex("16030100f8010000f40303"), 253);
        return Stream.of(
                Pdu.request(Pdu.SCSI_COMMAND).wire(),
                Pdu.request(Pdu.NOP_OUT | Pdu.IMMEDIATE).wire(),
                Pdu.request(Pdu.TEXT).text(List.of("SendTargets=All")).wire(),
                Pdu.request(Pdu.LOGOUT | Pdu.IMMEDIATE).wire(),
                noise,
                http,
                tls);
    }

    @ParameterizedTest
    @MethodSource("firstBytesThatAreNoLogin")
    void whatBeginsWithoutALoginIsRefused(byte[] bytes) throws Exception {
        try (RawInitiator client = connect()) {
            client.send(bytes);
            assertRefused(client, INVALID_DURING_LOGIN);
        }
    }

    @Test
    void aCommandBehindTheLastLoginRequestIsServed() throws Exception {
        try (RawInitiator client = connect()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(
                    client.loginRequest(1, 3, RawInitiator.normalSession(TestServer.TARGET))
                            .wire());
            bytes.writeBytes(client.scsiCommand(TestServer.LUN, Cdb.inquiry(36), 0x40, 36).wire());
            client.send(bytes.toByteArray());
            Pdu login = client.receive();
            assertEquals(0, login.loginStatus());
            client.enterFullFeature(login);
            var answer = client.finish(TestServer.LUN, new byte[0], 36);
            assertEquals("GOOD", answer.outcome());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8193, 65_536, 16_777_215})
    void aLoginThatAnnouncesMoreThan8KiBIsRefusedBeforeItsData(int declared) throws Exception {
        try (RawInitiator client = connect()) {
            Pdu login = client.loginRequest(1, 3, List.of()).declareDataBytes(declared);
            client.send(login);
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @Test
    void aLoginWithAdditionalHeadersIsRefused() throws Exception {
        try (RawInitiator client = connect()) {
            List<String> keys = RawInitiator.normalSession(TestServer.TARGET);
            client.send(client.loginRequest(1, 3, keys).ahs(new byte[1020]));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    /** AHS: length (2 bytes), type, the rest; the length counts the bytes behind the type. */
    @ParameterizedTest
    @ValueSource(strings = {"00000100", "00ff0100", "ffff0200", "000501000000000000000000000000ff"})
    void anAdditionalHeaderWithAFalseLengthIsRejected(String ahs) throws Exception {
        try (RawInitiator client = server.session()) {
            Pdu command = client.scsiCommand(TestServer.LUN, Cdb.testUnitReady(), 0, 0);
            client.send(command.ahs(HexFormat.of().parseHex(ahs)));
            assertRejected(client.receive(), REJECT_INVALID_FIELD);
        }
    }

    @Test
    void aLoginTextThatNeverEndsIsRefused() throws Exception {
        assertRefusedAfterPieces("X-org.example.key=" + "v".repeat(200));
    }

    @Test
    void aLoginTextOfEmptyPiecesIsRefused() throws Exception {
        assertRefusedAfterPieces("");
    }

    private void assertRefusedAfterPieces(String piece) throws Exception {
        try (RawInitiator client = connect()) {
            for (int i = 1; i <= TEXT_PDUS_MAX + 1; i++) {
                client.send(client.loginRequest(1, -1, List.of()).put8(1, 0x44).data(ascii(piece)));
                Pdu answer = client.receive();
                if (answer.loginStatus() == INITIATOR_ERROR) {
                    client.expectClosed(SOON);
                    return;
                }
                assertEquals(0, answer.loginStatus(), answer::toString);
                assertEquals(0, answer.data().length, "an answer before the text is complete");
            }
        }
        throw new AssertionError("pieces without end were taken");
    }

    @Test
    void aTextRequestOfEmptyPiecesIsRejected() throws Exception {
        try (RawInitiator client = server.session()) {
            int transferTag = Pdu.NO_TAG;
            int taskTag = 0;
            for (int i = 0; i <= TEXT_PDUS_MAX; i++) {
                Pdu request = client.fullFeatureRequest(Pdu.TEXT | Pdu.IMMEDIATE).put8(1, 0x40);
                taskTag = taskTag == 0 ? request.taskTag() : taskTag;
                Pdu answer = client.exchange(request.taskTag(taskTag).put32(20, transferTag));
                if (answer.opcode() == Pdu.REJECT) {
                    assertRejected(answer, REJECT_INVALID_FIELD);
                    return;
                }
                assertEquals(Pdu.TEXT_RESPONSE, answer.opcode(), answer::toString);
                transferTag = answer.get32(20);
            }
        }
        throw new AssertionError("pieces without end were taken");
    }

    @Test
    void aDataSegmentAboveTheDeclaredMaximumEndsTheConnection() throws Exception {
        try (RawInitiator client = server.session()) {
            Pdu ping = client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE);
            client.send(ping.declareDataBytes(16_777_215));
            assertEndsAfterReject(client);
        }
    }

    private static void assertEndsAfterReject(RawInitiator client) throws IOException {
        try {
            assertRejected(client.receive(), REJECT_PROTOCOL_ERROR);
            client.expectClosed(SOON);
        } catch (EOFException e) {
            throw new AssertionError("closed without a Reject", e);
        }
    }

    private static void assertRejected(Pdu answer, int reason) {
        assertEquals(Pdu.REJECT, answer.opcode(), answer::toString);
        assertEquals(reason, answer.rejectReason(), answer::toString);
        assertTrue(answer.data().length >= Pdu.HEADER_BYTES, "the header is not returned");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
