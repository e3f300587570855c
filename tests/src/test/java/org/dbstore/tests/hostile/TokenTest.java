package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * Goal: a token is of use to who may read what it stands for, as long as it is worth something
 * (case 18); whatever else is handed in writes nothing.
 */
@Timeout(60)
class TokenTest {
    private static final String WIDE = "iqn.2026-01.org.dbstore.tests:wide";
    private static final String NARROW = "iqn.2026-01.org.dbstore.tests:narrow";
    private static final int SOURCE = 1;
    private static final int TARGET = 2;
    private static final int BLOCKS = 16;
    private static final int TOKEN_BYTES = 512;
    private static final int TOKEN_AT = 38;
    private static final int IDENTIFIER_AT = 96;
    private static final String UNKNOWN = "CHECK 05/23/04";
    private static final String REVOKED = "CHECK 05/23/06";

    @TempDir Path folder;
    private TestServer server;
    private RawInitiator client;
    private final byte[] secret = new byte[BLOCKS * 512];
    private final byte[] before = new byte[BLOCKS * 512];

    @BeforeEach
    void start() throws Exception {
        server =
                TestServer.start(
                        folder,
                        List.of(
                                TestServer.target(
                                        WIDE,
                                        List.of(
                                                TestServer.lun(SOURCE, "data", 0, false, 512),
                                                TestServer.lun(TARGET, "other", 0, false, 512))),
                                TestServer.target(
                                        NARROW,
                                        List.of(TestServer.lun(TARGET, "other", 0, false, 512)))));
        client = session(WIDE, "400001370001");
        client.read(SOURCE, Cdb.testUnitReady(), 0);
        Arrays.fill(secret, (byte) 's');
        Arrays.fill(before, (byte) 'b');
        write(client, SOURCE, secret);
        write(client, TARGET, before);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private RawInitiator session(String target, String isid) throws IOException {
        RawInitiator session = RawInitiator.connect(server.address()).isid(isid).login(target);
        session.read(TARGET, Cdb.testUnitReady(), 0);
        return session;
    }

    private static void write(RawInitiator by, int lun, byte[] data) throws IOException {
        assertEquals("GOOD", by.write(lun, Cdb.write10(0, BLOCKS), data).outcome());
    }

    /** POPULATE TOKEN and RECEIVE ROD TOKEN INFORMATION. */
    private byte[] token(int seconds) throws IOException {
        byte[] list =
                ByteBuffer.allocate(32)
                        .putShort((short) 30)
                        .putInt(4, seconds)
                        .putShort(14, (short) 16)
                        .putInt(24, BLOCKS)
                        .array();
        assertEquals(
                "GOOD",
                client.write(SOURCE, Cdb.hex("8310 00000000 00000001 00000020 0000"), list)
                        .outcome());
        byte[] information =
                client.read(SOURCE, Cdb.hex("8407 00000001 00000000 00000400 0000"), 1024).data();
        return Arrays.copyOfRange(information, TOKEN_AT, TOKEN_AT + TOKEN_BYTES);
    }

    /** WRITE USING TOKEN. */
    private static String use(RawInitiator by, byte[] token, boolean deletes) throws IOException {
        byte[] list =
                ByteBuffer.allocate(552)
                        .putShort((short) 550)
                        .put(2, (byte) (deletes ? 2 : 0))
                        .put(16, token)
                        .putShort(534, (short) 16)
                        .putInt(544, BLOCKS)
                        .array();
        return by.write(TARGET, Cdb.hex("8311 00000000 00000002 00000228 0000"), list).outcome();
    }

    private void assertNothingWritten() throws IOException {
        byte[] now = client.read(TARGET, Cdb.read10(0, BLOCKS), before.length).data();
        assertArrayEquals(before, now);
    }

    @Test
    void whoSeesTheSourceMayUseATokenFromAnotherSession() throws Exception {
        byte[] token = token(0);
        try (RawInitiator other = session(WIDE, "400001370002")) {
            assertEquals("GOOD", use(other, token, false));
        }
        byte[] now = client.read(TARGET, Cdb.read10(0, BLOCKS), before.length).data();
        assertArrayEquals(secret, now);
    }

    /** The session has the unit that is written, but not the one the token stands for. */
    @Test
    void whoDoesNotSeeTheSourceGetsNothingByAToken() throws Exception {
        byte[] token = token(0);
        try (RawInitiator other = session(NARROW, "400001370003")) {
            assertEquals(UNKNOWN, use(other, token, false));
            assertEquals(UNKNOWN, use(other, token, true));
        }
        assertNothingWritten();
        assertEquals("GOOD", use(client, token, false), "deleted by a stranger");
    }

    @Test
    void aForgedTokenIsUnknown() throws Exception {
        byte[] token = token(0);
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 200; i++) {
            byte[] forged = token.clone();
            byte[] identifier = new byte[16];
            random.nextBytes(identifier);
            System.arraycopy(identifier, 0, forged, IDENTIFIER_AT, identifier.length);
            assertEquals(UNKNOWN, use(client, forged, false));
        }
        for (int bit = 0; bit < 128; bit++) {
            byte[] forged = token.clone();
            forged[IDENTIFIER_AT + bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(UNKNOWN, use(client, forged, false), "bit " + bit);
        }
        for (byte[] forged : List.of(new byte[TOKEN_BYTES], filled(0xff))) {
            assertEquals(UNKNOWN, use(client, forged, false));
        }
        assertNothingWritten();
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[TOKEN_BYTES];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void anExpiredTokenIsUnknown() throws Exception {
        byte[] token = token(1);
        Thread.sleep(1_500);
        assertEquals(UNKNOWN, use(client, token, false));
        assertNothingWritten();
    }

    @Test
    void aTokenOfWhatWasWrittenSinceIsOfNoUse() throws Exception {
        byte[] token = token(0);
        write(client, SOURCE, before);
        String outcome = use(client, token, false);
        assertTrue(outcome.equals(REVOKED) || outcome.equals(UNKNOWN), outcome);
        assertNothingWritten();
    }

    @Test
    void aDeletedTokenIsUnknown() throws Exception {
        byte[] token = token(0);
        assertEquals("GOOD", use(client, token, true));
        write(client, TARGET, before);
        assertEquals(UNKNOWN, use(client, token, false));
        assertNothingWritten();
    }

    @Test
    void aTokenDoesNotOutliveTheServer() throws Exception {
        byte[] token = token(0);
        client.close();
        server.close();
        start();
        assertEquals(UNKNOWN, use(client, token, false));
        assertNothingWritten();
    }
}
