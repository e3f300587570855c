package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.config.AddressRange;
import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ChapUserConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.Secret;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.Redirect;
import org.dbstore.config.TargetConfig;
import org.dbstore.tests.support.Alone;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.ChapInitiator;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Goal: nobody gets past CHAP without the secret, learns from it what is there, or harms by it who
 * is logged in (cases 9 to 17).
 */
@Alone
class AuthenticationTest {
    private static final int INITIATOR_ERROR = 0x0200;
    private static final int AUTHENTICATION_FAILURE = 0x0201;
    private static final int AUTHORIZATION_FAILURE = 0x0202;
    private static final Duration SOON = Duration.ofSeconds(6);

    private static final String LOCKED = "iqn.2026-01.org.dbstore.tests:locked";
    private static final String FOR_OTHERS = "iqn.2026-01.org.dbstore.tests:for-others";
    private static final String FAR_AWAY = "iqn.2026-01.org.dbstore.tests:far-away";
    private static final String MOVED = "iqn.2026-01.org.dbstore.tests:moved";
    private static final String ABSENT = "iqn.2026-01.org.dbstore.tests:absent";

    private static final String SECRET = "initiator-secret";
    private static final String OTHER_SECRET = "another-secret-1";
    private static final String OWN_SECRET = "secret-of-the-store";

    private static final AuthGroupConfig GROUP =
            new AuthGroupConfig(
                    "hosts",
                    List.of("SHA3-256", "SHA-256", "SHA-1", "MD5"),
                    List.of(
                            new ChapUserConfig("one", new Secret(SECRET), Optional.empty()),
                            new ChapUserConfig("other", new Secret(OTHER_SECRET), Optional.empty()),
                            new ChapUserConfig(
                                    "both",
                                    new Secret(SECRET),
                                    Optional.of(
                                            new ChapUserConfig.Mutual(
                                                    "store", new Secret(OWN_SECRET))))));
    private static final AuthGroupConfig DISCOVERERS =
            new AuthGroupConfig(
                    "discoverers",
                    List.of("MD5"),
                    List.of(new ChapUserConfig("scout", new Secret(SECRET), Optional.empty())));

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        List<TargetConfig> targets =
                List.of(
                        TestServer.target(LOCKED, access(List.of(), Optional.empty())),
                        new TargetConfig(
                                FOR_OTHERS,
                                "",
                                List.of(),
                                List.of("iqn.2026-01.org.example:*"),
                                List.of(),
                                access(List.of(), Optional.empty())),
                        TestServer.target(
                                FAR_AWAY,
                                access(
                                        List.of(AddressRange.parse("192.0.2.0/24")),
                                        Optional.empty())),
                        TestServer.target(
                                MOVED,
                                access(
                                        List.of(),
                                        Optional.of(
                                                new Redirect(
                                                        new PortalConfig("192.0.2.7", 3261, 1),
                                                        true)))),
                        TestServer.target(TestServer.TARGET, TestServer.luns()));
        server = TestServer.startWithDiscoveryAuth(folder, DISCOVERERS, targets);
    }

    private static TargetAccess access(List<AddressRange> addresses, Optional<Redirect> redirect) {
        return new TargetAccess(
                Optional.of(GROUP),
                addresses,
                List.of(),
                Digest.ALLOWED,
                Digest.ALLOWED,
                Limits.NONE,
                redirect);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "6", "7", "8"})
    void whoKnowsTheSecretIsServed(String algorithm) throws Exception {
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(LOCKED)).challenge(algorithm);
            assertEquals(algorithm, chap.algorithm());
            assertEquals(0, chap.respond("one", chap.response(SECRET)).loginStatus());
            assertServed(chap.operational());
        }
    }

    @Test
    void theTargetProvesItself() throws Exception {
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(LOCKED)).challenge("7,5");
            String ours = "0x" + "5a".repeat(1024);
            Pdu answer =
                    chap.respond("both", chap.response(SECRET), "CHAP_I=0x2a", "CHAP_C=" + ours);
            assertEquals(0, answer.loginStatus(), answer::toString);
            assertEquals("store", answer.textKeys().get("CHAP_N"));
            assertArrayEquals(
                    chap.hash(0x2a, OWN_SECRET, ours),
                    HexFormat.of()
                            .parseHex(answer.textKeys().getOrDefault("CHAP_R", "0x").substring(2)));
            assertServed(chap.operational());
        }
    }

    /** Case 9, 10: past the security stage without a proof. */
    static Stream<List<Step>> waysAround() {
        return Stream.of(
                List.of(new Step(1, 3)),
                List.of(new Step(1, -1)),
                List.of(new Step(0, 1)),
                List.of(new Step(0, 3)),
                List.of(new Step(0, 1, "AuthMethod=None")),
                List.of(new Step(0, -1, "AuthMethod=None")),
                List.of(new Step(0, -1, "AuthMethod=KRB5,SRP")),
                List.of(new Step(0, -1, "AuthMethod=CHAP"), new Step(0, 1)),
                List.of(new Step(0, -1, "AuthMethod=CHAP"), new Step(0, 3, "CHAP_N=one")),
                List.of(new Step(0, -1, "AuthMethod=CHAP"), new Step(0, 1, "AuthMethod=None")),
                List.of(
                        new Step(0, -1, "AuthMethod=CHAP"),
                        new Step(0, -1, "CHAP_A=5"),
                        new Step(0, 1)),
                List.of(
                        new Step(0, -1, "AuthMethod=CHAP"),
                        new Step(0, -1, "CHAP_A=5"),
                        new Step(0, 1, "CHAP_A=5")),
                List.of(
                        new Step(0, -1, "AuthMethod=CHAP"),
                        new Step(0, -1, "CHAP_A=5"),
                        new Step(0, 1, "CHAP_N=one")),
                List.of(new Step(0, -1, "CHAP_A=5")));
    }

    @ParameterizedTest
    @MethodSource
    void waysAround(List<Step> steps) throws Exception {
        try (RawInitiator client = connect()) {
            List<String> keys = new ArrayList<>(RawInitiator.normalSession(LOCKED));
            for (Step step : steps.subList(0, steps.size() - 1)) {
                keys.addAll(step.keys());
                Pdu answer = client.exchange(client.loginRequest(step.stage(), step.next(), keys));
                assertEquals(0, answer.loginStatus(), answer::toString);
                assertFalse(answer.isFinal(), "the target goes to the next stage");
                keys.clear();
            }
            Step last = steps.getLast();
            keys.addAll(last.keys());
            assertRefused(client, client.loginRequest(last.stage(), last.next(), keys));
        }
    }

    @Test
    void aStageThatIsSkippedWithinTheExchangeIsRefused() throws Exception {
        try (RawInitiator client = connect()) {
            new ChapInitiator(client).offer(RawInitiator.normalSession(LOCKED)).challenge("5");
            client.send(client.loginRequest(1, 3, List.of()));
            assertEquals(INITIATOR_ERROR, client.receive().loginStatus());
        }
    }

    @Test
    void aWrongSecretIsRefused() throws Exception {
        assertRefusedWith(chap -> chap.respond("one", chap.response(OTHER_SECRET)));
    }

    @Test
    void mutualChapThatIsDueHasToBeAskedFor() throws Exception {
        assertRefusedWith(chap -> chap.respond("both", chap.response(SECRET)));
    }

    /** Case 11. */
    @Test
    void aRecordedExchangeIsOfNoUseEvenAfterARestart() throws Exception {
        String recorded;
        Set<String> challenges = new HashSet<>();
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(LOCKED)).challenge("5");
            recorded = chap.response(SECRET);
            challenges.add(chap.challenge());
            assertEquals(0, chap.respond("one", recorded).loginStatus());
        }
        assertRefusedWith(chap -> {
            assertTrue(challenges.add(chap.challenge()), "the same challenge again");
            return chap.respond("one", recorded);
        });
        server.close();
        start();
        assertRefusedWith(chap -> {
            assertTrue(challenges.add(chap.challenge()), "the same challenge again");
            return chap.respond("one", recorded);
        });
    }

    /** Case 12: a target that answers its own challenges proves anything to anybody. */
    @Test
    void ourOwnChallengeIsNotAnswered() throws Exception {
        assertRefusedWith(chap ->
                chap.respond(
                        "both", chap.response(SECRET), "CHAP_I=1", "CHAP_C=" + chap.challenge()));
    }

    @Test
    void theChallengeOfAnotherConnectionIsNotAnsweredEither() throws Exception {
        try (RawInitiator waiting = connect()) {
            ChapInitiator first = new ChapInitiator(waiting);
            first.offer(RawInitiator.normalSession(LOCKED)).challenge("5");
            assertRefusedWith(chap ->
                    chap.respond(
                            "both",
                            chap.response(SECRET),
                            "CHAP_I=1",
                            "CHAP_C=" + first.challenge()));
        }
    }

    /** Case 13. */
    @ParameterizedTest
    @MethodSource
    void malformedResponses(String response) throws Exception {
        assertRefusedWith(chap -> chap.respond("one", response));
    }

    static Stream<String> malformedResponses() {
        return Stream.of(
                "0x" + "00".repeat(15),
                "0x" + "00".repeat(17),
                "0b" + "A".repeat(127),
                "0b" + "A".repeat(128),
                "0x" + "0".repeat(31),
                "0".repeat(32),
                "0x" + "00".repeat(1025),
                "0x",
                "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"256", "-1", "", "0x100"})
    void malformedIdentifiers(String identifier) throws Exception {
        assertRefusedWith(chap ->
                chap.respond(
                        "both",
                        chap.response(SECRET),
                        "CHAP_I=" + identifier,
                        "CHAP_C=0x00112233445566778899aabbccddeeff"));
    }

    @Test
    void hashesThatAreNoneAreRefusedHoweverMany() throws Exception {
        String thousand = String.join(",", java.util.Collections.nCopies(1000, "99"));
        for (String offer : List.of("", "56", "99", thousand)) {
            try (RawInitiator client = connect()) {
                new ChapInitiator(client).offer(RawInitiator.normalSession(LOCKED));
                assertRefused(client, client.loginRequest(0, -1, List.of("CHAP_A=" + offer)));
            }
        }
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(LOCKED)).challenge(thousand + ",6");
            assertEquals("6", chap.algorithm());
        }
    }

    /** Case 14. */
    @Test
    void whoGuessesWaitsAndOthersDoNot() throws Exception {
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long begin = System.nanoTime();
            assertRefusedWith(chap -> chap.respond("one", chap.response(OTHER_SECRET)));
            waits.add(Duration.ofNanos(System.nanoTime() - begin));
        }
        assertTrue(waits.getLast().compareTo(Duration.ofMillis(1500)) > 0, "no delay: " + waits);
        long begin = System.nanoTime();
        try (RawInitiator client = connect()) {
            assertServed(login(client));
        }
        Duration good = Duration.ofNanos(System.nanoTime() - begin);
        assertTrue(good.compareTo(Duration.ofSeconds(1)) < 0, "a good login took " + good);
        assertEquals(6, server.server().failedLoginCount());
    }

    @Test
    void twoHundredBadLoginsASecondDoNotHoldUpAGoodOne() throws Exception {
        List<RawInitiator> bad = new ArrayList<>();
        List<Long> goodMillis = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            for (int i = 0; i < 600; i++) {
                RawInitiator client = connect();
                bad.add(client);
                client.send(
                        client.loginRequest(
                                1,
                                3,
                                List.of(
                                        "InitiatorName=iqn.2026-01.org.example:guesser" + i % 7,
                                        "TargetName=" + LOCKED)));
                if (i % 30 == 29) {
                    long start = System.nanoTime();
                    try (RawInitiator good = connect()) {
                        assertServed(login(good));
                    }
                    goodMillis.add((System.nanoTime() - start) / 1_000_000);
                }
                long due = begin + (i + 1) * 5_000_000L;
                Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
            }
        } finally {
            for (RawInitiator client : bad) {
                client.close();
            }
        }
        assertTrue(goodMillis.stream().allMatch(millis -> millis < 1000), "took " + goodMillis);
    }

    /** Case 15: before the proof, all that is wrong looks alike. */
    @ParameterizedTest
    @ValueSource(strings = {LOCKED, FOR_OTHERS, FAR_AWAY, MOVED, ABSENT})
    void nobodyLearnsWithoutAProofWhatIsThere(String target) throws Exception {
        try (RawInitiator client = connect()) {
            List<String> keys = new ArrayList<>(RawInitiator.normalSession(target));
            keys.add("AuthMethod=CHAP,None");
            Pdu answer = client.exchange(client.loginRequest(0, -1, keys));
            assertEquals(
                    List.of("TargetPortalGroupTag=1", "AuthMethod=CHAP"), answer.textEntries());
            Pdu challenge = client.exchange(client.loginRequest(0, -1, List.of("CHAP_A=5")));
            assertEquals(0, challenge.loginStatus());
            assertRefused(
                    client,
                    client.loginRequest(
                            0, 1, List.of("CHAP_N=nobody", "CHAP_R=0x" + "00".repeat(16))));
        }
        try (RawInitiator client = connect()) {
            assertRefused(client, client.loginRequest(1, 3, RawInitiator.normalSession(target)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FOR_OTHERS, FAR_AWAY})
    void aProofDoesNotReplaceAdmission(String target) throws Exception {
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(target)).challenge("5");
            Pdu answer = chap.respond("one", chap.response(SECRET));
            assertEquals(AUTHORIZATION_FAILURE, answer.loginStatus(), answer::toString);
            client.expectClosed(SOON);
        }
    }

    @Test
    void aTargetThatMovedSaysWhereToAfterTheProof() throws Exception {
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(MOVED)).challenge("5");
            Pdu answer = chap.respond("one", chap.response(SECRET));
            assertEquals(0x0102, answer.loginStatus(), answer::toString);
            assertEquals(List.of("TargetAddress=192.0.2.7:3261"), answer.textEntries());
            client.expectClosed(SOON);
        }
    }

    /** Case 16. */
    @Test
    void discoveryHasCredentialsOfItsOwn() throws Exception {
        List<String> session =
                List.of("InitiatorName=" + RawInitiator.NAME, "SessionType=Discovery");
        try (RawInitiator client = connect()) {
            assertRefused(client, client.loginRequest(1, 3, session));
        }
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(session).challenge("5");
            assertEquals(
                    AUTHENTICATION_FAILURE,
                    chap.respond("one", chap.response(SECRET)).loginStatus());
        }
        try (RawInitiator client = connect()) {
            new ChapInitiator(client).login(session, "scout", SECRET);
            Pdu answer =
                    client.exchange(
                            client.fullFeatureRequest(Pdu.TEXT).text(List.of("SendTargets=All")));
            List<String> names =
                    answer.textEntries().stream().filter(e -> e.startsWith("TargetName=")).toList();
            assertEquals(
                    List.of(
                            "TargetName=" + TestServer.TARGET,
                            "TargetName=" + LOCKED,
                            "TargetName=" + MOVED),
                    names);
            Pdu foreign =
                    client.exchange(
                            client.fullFeatureRequest(Pdu.TEXT)
                                    .text(List.of("SendTargets=" + FOR_OTHERS)));
            assertEquals(List.of(), foreign.textEntries());
        }
    }

    /** Case 17. */
    @Test
    void aSessionIsNotTakenOverWithoutAProofOrByAnotherUser() throws Exception {
        try (RawInitiator victim = connect()) {
            assertServed(login(victim));
            try (RawInitiator thief = connect()) {
                assertRefused(thief, thief.loginRequest(1, 3, RawInitiator.normalSession(LOCKED)));
            }
            assertServed(victim);
            assertRefusedWith(chap -> chap.respond("one", chap.response(OTHER_SECRET)));
            assertServed(victim);
            try (RawInitiator thief = connect()) {
                ChapInitiator chap = new ChapInitiator(thief);
                chap.offer(RawInitiator.normalSession(LOCKED)).challenge("5");
                assertEquals(0, chap.respond("other", chap.response(OTHER_SECRET)).loginStatus());
                Pdu answer = thief.exchange(thief.loginRequest(1, 3, List.of()));
                assertEquals(AUTHORIZATION_FAILURE, answer.loginStatus(), answer::toString);
            }
            assertServed(victim);
        }
    }

    @Test
    void aConnectionIsNotAddedToASession() throws Exception {
        try (RawInitiator victim = connect();
                RawInitiator second = connect()) {
            assertServed(login(victim));
            Pdu request = second.loginRequest(1, 3, RawInitiator.normalSession(LOCKED));
            Pdu answer = second.exchange(request.put16(14, 0x7777));
            assertEquals(0x020a, answer.loginStatus(), answer::toString);
            assertServed(victim);
        }
    }

    @Test
    void targetsWithoutAGroupAskForNothing() throws Exception {
        try (RawInitiator client = connect()) {
            Pdu answer =
                    client.exchange(
                            client.loginRequest(
                                    0,
                                    1,
                                    with(
                                            RawInitiator.normalSession(TestServer.TARGET),
                                            "AuthMethod=CHAP,None")));
            assertEquals("None", answer.textKeys().get("AuthMethod"));
            assertTrue(answer.isFinal());
        }
        try (RawInitiator client = connect()) {
            assertRefused(
                    client,
                    client.loginRequest(
                            0,
                            1,
                            with(
                                    RawInitiator.normalSession(TestServer.TARGET),
                                    "AuthMethod=CHAP")));
        }
    }

    record Step(int stage, int next, List<String> keys) {
        Step(int stage, int next, String... keys) {
            this(stage, next, Arrays.asList(keys));
        }
    }

    private interface Attack {
        Pdu run(ChapInitiator chap) throws IOException;
    }

    /** An exchange with MD5 up to the challenge; what follows has to be refused. */
    private void assertRefusedWith(Attack attack) throws IOException {
        try (RawInitiator client = connect()) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(RawInitiator.normalSession(LOCKED)).challenge("5");
            Pdu answer = attack.run(chap);
            assertEquals(AUTHENTICATION_FAILURE, answer.loginStatus(), answer::toString);
            assertNull(answer.textKeys().get("CHAP_R"), "a response was computed");
            client.expectClosed(SOON);
        }
    }

    private static void assertRefused(RawInitiator client, Pdu request) throws IOException {
        Pdu answer = client.exchange(request);
        assertEquals(Pdu.LOGIN_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(AUTHENTICATION_FAILURE, answer.loginStatus(), answer::toString);
        client.expectClosed(SOON);
    }

    private static void assertServed(RawInitiator client) throws IOException {
        client.read(TestServer.LUN, Cdb.testUnitReady(), 0);
        assertEquals("GOOD", client.read(TestServer.LUN, Cdb.testUnitReady(), 0).outcome());
        assertNotEquals(0, client.read(TestServer.LUN, Cdb.inquiry(36), 36).data().length);
    }

    private RawInitiator login(RawInitiator client) throws IOException {
        return new ChapInitiator(client).login(RawInitiator.normalSession(LOCKED), "one", SECRET);
    }

    private RawInitiator connect() throws IOException {
        return RawInitiator.connect(server.address());
    }

    private static List<String> with(List<String> keys, String more) {
        List<String> all = new ArrayList<>(keys);
        all.add(more);
        return all;
    }
}
