package org.dbstore.tests.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The initiator's side of a login with CHAP (RFC 7143, section 12.1.3), step by step so that a test
 * can go astray at any of them.
 */
public final class ChapInitiator {
    private static final Map<String, String> HASHES =
            Map.of("5", "MD5", "6", "SHA-1", "7", "SHA-256", "8", "SHA3-256");

    private final RawInitiator client;
    private String algorithm = "";
    private int identifier;
    private String challenge = "";

    /** Begins on a connection from which nothing has been sent. */
    public ChapInitiator(RawInitiator client) {
        this.client = client;
    }

    /** First request: offers the method; fails unless CHAP is chosen. */
    public ChapInitiator offer(List<String> session) throws IOException {
        List<String> keys = new ArrayList<>(session);
        keys.add("AuthMethod=CHAP,None");
        Pdu answer = client.exchange(client.loginRequest(0, -1, keys));
        if (!"CHAP".equals(answer.textKeys().get("AuthMethod"))) {
            throw new AssertionError("no CHAP: " + answer.textKeys() + " " + answer);
        }
        return this;
    }

    /** Second request: offers hashes, takes the challenge. */
    public ChapInitiator challenge(String algorithms) throws IOException {
        Pdu answer = client.exchange(client.loginRequest(0, -1, List.of("CHAP_A=" + algorithms)));
        Map<String, String> keys = answer.textKeys();
        algorithm = value(keys, "CHAP_A");
        identifier = Integer.parseInt(value(keys, "CHAP_I"));
        challenge = value(keys, "CHAP_C");
        return this;
    }

    /** The hash that the target chose, as in CHAP_A. */
    public String algorithm() {
        return algorithm;
    }

    /** CHAP_C as the target sent it. */
    public String challenge() {
        return challenge;
    }

    /** CHAP_R for the challenge. */
    public String response(String secret) {
        return "0x" + HexFormat.of().formatHex(hash(identifier, secret, challenge));
    }

    /** Third request: the proof, and further keys; wants to go to the operational stage. */
    public Pdu respond(String name, String response, String... more) throws IOException {
        List<String> keys = new ArrayList<>(List.of("CHAP_N=" + name, "CHAP_R=" + response));
        keys.addAll(List.of(more));
        return client.exchange(client.loginRequest(0, 1, keys));
    }

    /** All of the above, and the operational stage. */
    public RawInitiator login(List<String> session, String name, String secret) throws IOException {
        offer(session).challenge("8,7,6,5");
        Pdu answer = respond(name, response(secret));
        if (answer.loginStatus() != 0 || !answer.isFinal()) {
            throw new AssertionError("refused: " + answer);
        }
        return operational();
    }

    /** The operational stage, after the proof. */
    public RawInitiator operational() throws IOException {
        Pdu answer =
                client.exchange(
                        client.loginRequest(
                                1,
                                3,
                                List.of(
                                        "MaxRecvDataSegmentLength="
                                                + RawInitiator.RECEIVE_BYTES_MAX)));
        if (answer.loginStatus() != 0) {
            throw new AssertionError("refused: " + answer);
        }
        client.enterFullFeature(answer);
        return client;
    }

    /** The hash of identifier, secret and challenge. */
    public byte[] hash(int id, String secret, String hexChallenge) {
        try {
            MessageDigest digest = MessageDigest.getInstance(HASHES.getOrDefault(algorithm, "?"));
            digest.update((byte) id);
            digest.update(secret.getBytes(StandardCharsets.US_ASCII));
            return digest.digest(HexFormat.of().parseHex(hexChallenge.substring(2)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("the target chose " + algorithm, e);
        }
    }

    private static String value(Map<String, String> keys, String key) {
        String value = keys.get(key);
        if (value == null) {
            throw new AssertionError("no " + key + " in " + keys);
        }
        return value;
    }
}
