package org.dbstore.server.iscsi.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.auth.ChapUsers.Identity;
import org.dbstore.server.iscsi.auth.ChapUsers.User;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Goal: only who knows the secret gets through CHAP, and gets the target's proof if it is due. */
class ChapExchangeTest {
    private static final byte[] SECRET = "initiator-secret".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OWN_SECRET = "the-target's-own".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] THEIR_CHALLENGE = new byte[24];

    private final Challenges challenges = new Challenges();
    private final ChapUsers users =
            new ChapUsers(
                    Set.of(ChapAlgorithm.values()),
                    List.of(
                            new User(new Identity("one", SECRET), Optional.empty()),
                            new User(
                                    new Identity("both", SECRET),
                                    Optional.of(new Identity("store", OWN_SECRET)))));
    private final ChapExchange exchange = new ChapExchange(users, challenges);

    @ParameterizedTest
    @EnumSource
    void whoKnowsTheSecretPassesWithEachHash(ChapAlgorithm algorithm) throws Exception {
        exchange.take(response(algorithm, "one", SECRET, false), new ArrayList<>());
        assertTrue(exchange.isDone());
        assertEquals(Optional.of("one"), exchange.userName());
    }

    @Test
    void theResponseMayBeInBase64() throws Exception {
        Map<String, String> keys = response(ChapAlgorithm.MD5, "one", SECRET, false);
        byte[] response = ChapBinary.decode(keys.getOrDefault("CHAP_R", "")).orElseThrow();
        keys.put("CHAP_R", "0b" + Base64.getEncoder().encodeToString(response));
        exchange.take(keys, new ArrayList<>());
        assertTrue(exchange.isDone());
    }

    @Test
    void theTargetProvesItselfToWhoAsks() throws Exception {
        List<String> answers = new ArrayList<>();
        exchange.take(mutual(response(ChapAlgorithm.SHA_256, "both", SECRET, false)), answers);
        assertEquals(
                List.of(
                        "CHAP_N=store",
                        "CHAP_R="
                                + ChapBinary.encode(
                                        ChapAlgorithm.SHA_256.response(
                                                200, OWN_SECRET, THEIR_CHALLENGE))),
                answers);
        assertTrue(exchange.isDone());
    }

    @ParameterizedTest
    @CsvSource({"'8,7,6,5', 8", "'5,6,7,8', 5", "'99,7', 7", "'abc,,6', 6"})
    void theFirstHashOfTheInitiatorThatIsAllowedIsTaken(String offer, String taken)
            throws Exception {
        List<String> answers = new ArrayList<>();
        exchange.take(Map.of("CHAP_A", offer), answers);
        assertEquals("CHAP_A=" + taken, answers.getFirst());
    }

    @Test
    void aHashThatIsNotAllowedIsPassedOver() throws Exception {
        ChapUsers strict = new ChapUsers(Set.of(ChapAlgorithm.SHA_256), List.of());
        List<String> answers = new ArrayList<>();
        new ChapExchange(strict, challenges).take(Map.of("CHAP_A", "8,5,7"), answers);
        assertEquals("CHAP_A=7", answers.getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "56", "4", "5 ", "0x5", "05"})
    void withoutAHashInCommonItFails(String offer) {
        assertFails(Map.of("CHAP_A", offer));
    }

    @Test
    void aWrongSecretFails() throws Exception {
        assertFails(response(ChapAlgorithm.MD5, "one", OWN_SECRET, false));
    }

    @Test
    void anUnknownUserFailsEvenWithTheSecretThatStandsForIt() throws Exception {
        assertFails(response(ChapAlgorithm.MD5, "nobody", new byte[16], false));
    }

    @Test
    void aResponseOfTheWrongLengthFails() throws Exception {
        Map<String, String> keys = response(ChapAlgorithm.MD5, "one", SECRET, false);
        keys.put("CHAP_R", keys.get("CHAP_R") + "00");
        assertFails(keys);
    }

    @Test
    void mutualChapThatIsDueHasToBeAskedFor() throws Exception {
        assertFails(response(ChapAlgorithm.MD5, "both", SECRET, false));
    }

    @Test
    void mutualChapWithoutASecretForItFails() throws Exception {
        assertFails(mutual(response(ChapAlgorithm.MD5, "one", SECRET, false)));
    }

    @Test
    void ourOwnChallengeIsNotAnswered() throws Exception {
        Map<String, String> keys = mutual(response(ChapAlgorithm.MD5, "both", SECRET, true));
        keys.put("CHAP_C", keys.getOrDefault("challenge", ""));
        keys.remove("challenge");
        assertFails(keys);
    }

    @Test
    void theChallengeOfAnotherConnectionIsNotAnsweredEither() throws Exception {
        Map<String, String> keys = mutual(response(ChapAlgorithm.MD5, "both", SECRET, false));
        keys.put("CHAP_C", ChapBinary.encode(challenges.next()));
        assertFails(keys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"256", "-1", "", "0x100", "x", "1000"})
    void anIdentifierIsOneOctet(String identifier) throws Exception {
        Map<String, String> keys = mutual(response(ChapAlgorithm.MD5, "both", SECRET, false));
        keys.put("CHAP_I", identifier);
        assertFails(keys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHAP_N", "CHAP_R"})
    void aMissingKeyFails(String key) throws Exception {
        Map<String, String> keys = response(ChapAlgorithm.MD5, "one", SECRET, false);
        keys.remove(key);
        assertFails(keys);
    }

    @Test
    void theResponseCannotComeFirst() {
        assertFails(Map.of("CHAP_N", "one", "CHAP_R", "0x00"));
    }

    @Test
    void thereIsNoSecondRound() throws Exception {
        Map<String, String> keys = response(ChapAlgorithm.MD5, "one", SECRET, false);
        exchange.take(keys, new ArrayList<>());
        assertThrows(ChapExchange.Failure.class, () -> exchange.take(keys, new ArrayList<>()));
    }

    @Test
    void noChallengeComesTwice() {
        Set<String> seen = new HashSet<>();
        for (int server = 0; server < 100; server++) {
            Challenges restarted = new Challenges();
            for (int i = 0; i < 10_000; i++) {
                assertTrue(seen.add(new String(restarted.next(), StandardCharsets.ISO_8859_1)));
            }
        }
    }

    /** The initiator's second request; with "challenge" as the target sent it if asked for. */
    private Map<String, String> response(
            ChapAlgorithm algorithm, String name, byte[] secret, boolean withChallenge)
            throws ChapExchange.Failure {
        List<String> answers = new ArrayList<>();
        exchange.take(Map.of("CHAP_A", Integer.toString(algorithm.code())), answers);
        int identifier = Integer.parseInt(answers.get(1).substring("CHAP_I=".length()));
        String challenge = answers.get(2).substring("CHAP_C=".length());
        Map<String, String> keys = new HashMap<>();
        keys.put("CHAP_N", name);
        keys.put(
                "CHAP_R",
                ChapBinary.encode(
                        algorithm.response(
                                identifier, secret, ChapBinary.decode(challenge).orElseThrow())));
        if (withChallenge) {
            keys.put("challenge", challenge);
        }
        return keys;
    }

    private static Map<String, String> mutual(Map<String, String> keys) {
        keys.put("CHAP_I", "200");
        keys.put("CHAP_C", ChapBinary.encode(THEIR_CHALLENGE));
        return keys;
    }

    private void assertFails(Map<String, String> keys) {
        assertThrows(ChapExchange.Failure.class, () -> exchange.take(keys, new ArrayList<>()));
        assertFalse(exchange.isDone());
    }
}
