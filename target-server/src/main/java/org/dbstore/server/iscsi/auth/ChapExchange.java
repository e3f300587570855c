package org.dbstore.server.iscsi.auth;

import org.dbstore.server.iscsi.auth.ChapUsers.Identity;
import org.dbstore.server.iscsi.auth.ChapUsers.User;

import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * CHAP with one initiator, from its list of hashes to the proof (RFC 7143, section 12.1.3):
 *
 * <pre>
 * CHAP_A=list                             -> CHAP_A=choice CHAP_I CHAP_C
 * CHAP_N CHAP_R [CHAP_I CHAP_C: mutual]   -> [CHAP_N CHAP_R]
 * </pre>
 *
 * <p>An unknown user costs the same work as a wrong secret, and gets the same answer.
 */
public final class ChapExchange {
    /** Stands for the secret of a user that does not exist. */
    private static final byte[] NO_SECRET = new byte[16];

    private final ChapUsers users;
    private final Challenges challenges;
    private Optional<ChapAlgorithm> algorithm = Optional.empty();
    private int identifier;
    private byte[] challenge = new byte[0];
    private Optional<User> user = Optional.empty();

    /** The initiator has not proven who it is; it gets no second try. */
    public static final class Failure extends Exception {
        @java.io.Serial private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    /** Begins an exchange. */
    public ChapExchange(ChapUsers users, Challenges challenges) {
        this.users = users;
        this.challenges = challenges;
    }

    /** Tells whether the initiator has proven who it is. */
    public boolean isDone() {
        return user.isPresent();
    }

    /** The user's name, once it is proven. */
    public Optional<String> userName() {
        return user.map(proven -> proven.identity().name());
    }

    /**
     * Takes the CHAP keys of one request.
     *
     * @param keys by name, at least one
     * @param answers gets "key=value" pairs
     */
    public void take(Map<String, String> keys, List<String> answers) throws Failure {
        if (isDone()) {
            throw new Failure("CHAP goes on after its end");
        } else if (algorithm.isEmpty()) {
            challenge(keys, answers);
        } else {
            verify(keys, answers);
        }
    }

    private void challenge(Map<String, String> keys, List<String> answers) throws Failure {
        if (!keys.keySet().equals(java.util.Set.of("CHAP_A"))) {
            throw new Failure("CHAP does not begin with CHAP_A");
        }
        ChapAlgorithm chosen =
                users.choose(keys.getOrDefault("CHAP_A", ""))
                        .orElseThrow(() -> new Failure("no hash for CHAP in common"));
        algorithm = Optional.of(chosen);
        identifier = challenges.nextIdentifier();
        challenge = challenges.next();
        answers.add("CHAP_A=" + chosen.code());
        answers.add("CHAP_I=" + identifier);
        answers.add("CHAP_C=" + ChapBinary.encode(challenge));
    }

    private void verify(Map<String, String> keys, List<String> answers) throws Failure {
        ChapAlgorithm hash = algorithm.orElseThrow();
        byte[] response = binary(keys, "CHAP_R");
        String name = keys.get("CHAP_N");
        if (name == null) {
            throw new Failure("no CHAP_N");
        }
        Optional<User> claimed = users.find(name);
        byte[] secret = claimed.map(found -> found.identity().secret()).orElse(NO_SECRET);
        boolean proven =
                MessageDigest.isEqual(hash.response(identifier, secret, challenge), response);
        if (claimed.isEmpty() || !proven) {
            throw new Failure("unknown CHAP user or wrong secret");
        }
        boolean asksForProof = keys.containsKey("CHAP_I") || keys.containsKey("CHAP_C");
        Optional<Identity> own = claimed.get().mutual();
        if (asksForProof != own.isPresent()) {
            throw new Failure(
                    asksForProof
                            ? "mutual CHAP, for which there is no secret"
                            : "mutual CHAP is required");
        }
        if (own.isPresent()) {
            byte[] theirs = binary(keys, "CHAP_C");
            int theirIdentifier = octet(keys.getOrDefault("CHAP_I", ""));
            if (challenges.isOurs(theirs)) {
                throw new Failure("a challenge of ours comes back");
            }
            answers.add("CHAP_N=" + own.get().name());
            answers.add(
                    "CHAP_R="
                            + ChapBinary.encode(
                                    hash.response(theirIdentifier, own.get().secret(), theirs)));
        }
        user = claimed;
    }

    private static byte[] binary(Map<String, String> keys, String key) throws Failure {
        return ChapBinary.decode(keys.getOrDefault(key, ""))
                .orElseThrow(() -> new Failure("no well-formed " + key));
    }

    private static int octet(String text) throws Failure {
        if (text.matches("0[xX][0-9a-fA-F]{1,2}")) {
            return Integer.parseInt(text.substring(2), 16);
        }
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 255) {
            return Integer.parseInt(text);
        }
        throw new Failure("no well-formed CHAP_I");
    }
}
