package org.dbstore.server.iscsi.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** Hashes for CHAP (IANA, "PPP Authentication Algorithms"). */
public enum ChapAlgorithm {
    MD5(5, "MD5"),
    SHA_1(6, "SHA-1"),
    SHA_256(7, "SHA-256"),
    SHA3_256(8, "SHA3-256");

    /** Longest response of any of them in bytes. */
    public static final int RESPONSE_BYTES_MAX = 32;

    private final int code;
    private final String hash;

    ChapAlgorithm(int code, String hash) {
        this.code = code;
        this.hash = hash;
    }

    /** Its number in CHAP_A. */
    public int code() {
        return code;
    }

    /** Finds an algorithm by the name of its hash, as "SHA3-256". */
    public static ChapAlgorithm named(String hash) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.hash.equals(hash))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no CHAP algorithm " + hash));
    }

    /** Finds an algorithm by its number as it stands in CHAP_A. */
    static Optional<ChapAlgorithm> numbered(String code) {
        return Arrays.stream(values())
                .filter(algorithm -> Integer.toString(algorithm.code).equals(code))
                .findFirst();
    }

    /**
     * The response to a challenge (RFC 1994, section 4.1): hash of identifier, secret, challenge.
     *
     * @param identifier 0..255
     */
    public byte[] response(int identifier, byte[] secret, byte[] challenge) {
        try {
            MessageDigest digest = MessageDigest.getInstance(hash);
            digest.update((byte) identifier);
            digest.update(secret);
            return digest.digest(challenge);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + hash, e);
        }
    }
}
