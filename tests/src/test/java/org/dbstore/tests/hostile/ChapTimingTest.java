package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapAlgorithm;
import org.dbstore.server.iscsi.auth.ChapExchange;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.tests.support.Alone;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Goal: how long a refusal takes does not tell whether there is such a user (case 13). */
@Alone
class ChapTimingTest {
    private static final String RESPONSE = "0x" + "00".repeat(32);
    private static final int ROUNDS_MAX = 12;
    private static final int SAMPLES = 400;
    private static final int TRIES = 25;
    private static final double DIFFERENCE_MAX = 0.05;

    private final Challenges challenges = new Challenges();
    private final ChapUsers users =
            new ChapUsers(
                    Set.of(ChapAlgorithm.SHA_256),
                    List.of(
                            new ChapUsers.User(
                                    new ChapUsers.Identity(
                                            "one",
                                            "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)),
                                    Optional.empty())));

    /** The machine has other things to do: one quiet round of several is enough. */
    @Test
    void anUnknownUserAndAWrongSecretTakeEquallyLong() throws Exception {
        median("one");
        median("two");
        List<Double> differences = new ArrayList<>();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            long wrongSecret = median("one");
            long unknownUser = median("two");
            double difference = Math.abs((double) unknownUser / wrongSecret - 1);
            if (difference <= DIFFERENCE_MAX) {
                return;
            }
            differences.add(difference);
        }
        assertTrue(
                differences.isEmpty(), () -> "unknown user against wrong secret: " + differences);
    }

    /** Nanoseconds of so many refusals. */
    private long median(String name) throws Exception {
        long[] nanos = new long[SAMPLES];
        for (int sample = 0; sample < SAMPLES; sample++) {
            List<ChapExchange> exchanges = new ArrayList<>();
            for (int i = 0; i < TRIES; i++) {
                ChapExchange exchange = new ChapExchange(users, challenges);
                exchange.take(Map.of("CHAP_A", "7"), new ArrayList<>());
                exchanges.add(exchange);
            }
            Map<String, String> proof = Map.of("CHAP_N", name, "CHAP_R", RESPONSE);
            int refused = 0;
            long begin = System.nanoTime();
            for (ChapExchange exchange : exchanges) {
                try {
                    exchange.take(proof, new ArrayList<>());
                } catch (ChapExchange.Failure e) {
                    refused++;
                }
            }
            nanos[sample] = System.nanoTime() - begin;
            assertEquals(TRIES, refused);
        }
        Arrays.sort(nanos);
        return nanos[SAMPLES / 2];
    }

    @Test
    void bothAreToldTheSame() throws Exception {
        String wrongSecret = words("one");
        assertEquals(wrongSecret, words("two"));
    }

    private String words(String name) throws Exception {
        ChapExchange exchange = new ChapExchange(users, challenges);
        exchange.take(Map.of("CHAP_A", "7"), new ArrayList<>());
        ChapExchange.Failure failure =
                assertThrows(
                        ChapExchange.Failure.class,
                        () ->
                                exchange.take(
                                        Map.of("CHAP_N", name, "CHAP_R", RESPONSE),
                                        new ArrayList<>()));
        return String.valueOf(failure.getMessage());
    }
}
