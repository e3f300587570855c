package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetAccess.Redirect;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goal: an initiator sees what is mapped to it, within the limits of its target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {
    private static final String NARROW = "iqn.2026-01.org.dbstore.tests:narrow";
    private static final String MASKED = "iqn.2026-01.org.dbstore.tests:masked";
    private static final String MOVED = "iqn.2026-01.org.dbstore.tests:moved";
    private static final String WITH_DIGEST = "iqn.2026-01.org.dbstore.tests:with-digest";
    private static final String WITHOUT_DIGEST = "iqn.2026-01.org.dbstore.tests:without-digest";
    private static final Duration SOON = Duration.ofSeconds(3);

    private TestServer server;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        LunMapConfig map = new LunMapConfig(List.of("*:raw"), Map.of(0, 3, 200, TestServer.LUN));
        Redirect redirect = new Redirect(new PortalConfig("2001:db8::1", 3260, 1), false);
        server =
                TestServer.start(
                        folder,
                        List.of(
                                TestServer.target(
                                        NARROW,
                                        access(List.of(), new Limits(2, 4), Digest.ALLOWED)),
                                TestServer.target(
                                        MASKED, access(List.of(map), Limits.NONE, Digest.ALLOWED)),
                                TestServer.target(
                                        WITH_DIGEST,
                                        access(List.of(), Limits.NONE, Digest.REQUIRED)),
                                TestServer.target(
                                        WITHOUT_DIGEST,
                                        access(List.of(), Limits.NONE, Digest.FORBIDDEN)),
                                TestServer.target(
                                        MOVED,
                                        new TargetAccess(
                                                Optional.empty(),
                                                List.of(),
                                                List.of(),
                                                Digest.ALLOWED,
                                                Digest.ALLOWED,
                                                Limits.NONE,
                                                Optional.of(redirect)))));
    }

    private static TargetAccess access(List<LunMapConfig> maps, Limits limits, Digest digest) {
        return new TargetAccess(
                Optional.empty(), List.of(), maps, digest, digest, limits, Optional.empty());
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void aMappedInitiatorSeesItsOwnNumbersOnly() throws Exception {
        try (RawInitiator client = RawInitiator.loggedIn(server.address(), MASKED)) {
            assertEquals(List.of(0, 200), luns(client));
            client.read(0, Cdb.testUnitReady(), 0);
            assertEquals(
                    4096,
                    ByteBuffer.wrap(client.read(0, Cdb.hex("25000000000000000000"), 8).data())
                            .getInt(4));
            client.read(200, Cdb.testUnitReady(), 0);
            assertEquals(
                    512,
                    ByteBuffer.wrap(client.read(200, Cdb.hex("25000000000000000000"), 8).data())
                            .getInt(4));
            assertEquals(
                    "CHECK 05/25/00",
                    client.read(TestServer.LUN, Cdb.testUnitReady(), 0).outcome());
        }
    }

    @Test
    void anInitiatorWithoutAMapSeesAll() throws Exception {
        try (RawInitiator client = connect()) {
            List<String> keys =
                    List.of(
                            "InitiatorName=iqn.2026-01.org.dbstore.tests:plain",
                            "TargetName=" + MASKED,
                            "SessionType=Normal");
            Pdu answer = client.exchange(client.loginRequest(1, 3, keys));
            client.enterFullFeature(answer);
            assertEquals(List.of(1, 2, 3), luns(client));
        }
    }

    @Test
    void sessionsBeyondTheLimitAreRefusedAndReinstatementIsNotBeyondIt() throws Exception {
        try (RawInitiator first = connect().isid("400001370001").login(NARROW);
                RawInitiator second = connect().isid("400001370002").login(NARROW);
                RawInitiator third = connect().isid("400001370003")) {
            Pdu refused =
                    third.exchange(third.loginRequest(1, 3, RawInitiator.normalSession(NARROW)));
            assertEquals(0x0302, refused.loginStatus(), refused::toString);
            third.expectClosed(SOON);
            try (RawInitiator again = connect().isid("400001370002").login(NARROW)) {
                second.expectClosed(SOON);
                again.logout();
            }
            first.logout();
        }
    }

    @Test
    void theCommandWindowIsThatOfTheTarget() throws Exception {
        try (RawInitiator client = connect().isid("400001370009").login(NARROW)) {
            Pdu answer = client.exchange(client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE));
            assertEquals(
                    3, answer.maxCommandSequenceNumber() - answer.expectedCommandSequenceNumber());
            client.logout();
        }
    }

    @Test
    void aTargetThatMovedSaysWhereTo() throws Exception {
        try (RawInitiator client = connect()) {
            Pdu answer =
                    client.exchange(client.loginRequest(1, 3, RawInitiator.normalSession(MOVED)));
            assertEquals(0x0101, answer.loginStatus(), answer::toString);
            assertEquals(List.of("TargetAddress=[2001:db8::1]:3260"), answer.textEntries());
            client.expectClosed(SOON);
        }
    }

    @ParameterizedTest
    @CsvSource({
        WITH_DIGEST + ",'None,CRC32C',CRC32C",
        WITHOUT_DIGEST + ",'CRC32C,None',None",
        WITHOUT_DIGEST + ",CRC32C,Reject"
    })
    void digestsAreAsTheTargetWants(String target, String offer, String answer) throws Exception {
        try (RawInitiator client = connect()) {
            Pdu response = client.exchange(client.loginRequest(1, 3, digests(target, offer)));
            assertEquals(0, response.loginStatus(), response::toString);
            assertEquals(answer, response.textKeys().get("HeaderDigest"));
            assertEquals(answer, response.textKeys().get("DataDigest"));
            client.enterFullFeature(response);
            client.logout();
        }
    }

    @Test
    void aLoginWithoutTheDigestThatIsRequiredIsRefused() throws Exception {
        for (List<String> keys :
                List.of(digests(WITH_DIGEST, "None"), RawInitiator.normalSession(WITH_DIGEST))) {
            try (RawInitiator client = connect()) {
                Pdu answer = client.exchange(client.loginRequest(1, 3, keys));
                assertEquals(0x0200, answer.loginStatus(), answer::toString);
                client.expectClosed(SOON);
            }
        }
    }

    private static List<String> digests(String target, String offer) {
        List<String> keys = new ArrayList<>(RawInitiator.normalSession(target));
        keys.add("HeaderDigest=" + offer);
        keys.add("DataDigest=" + offer);
        return keys;
    }

    private static List<Integer> luns(RawInitiator client) throws IOException {
        ByteBuffer list = ByteBuffer.wrap(client.read(0, Cdb.reportLuns(4096), 4096).data());
        List<Integer> numbers = new ArrayList<>();
        for (int at = 8; at < 8 + list.getInt(0); at += 8) {
            numbers.add((int) (list.getLong(at) >>> 48));
        }
        return numbers;
    }

    private RawInitiator connect() throws IOException {
        return RawInitiator.connect(server.address());
    }
}
