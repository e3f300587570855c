package org.dbstore.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** A CHAP secret. It shows itself to nobody who does not ask for its bytes. */
public final class Secret {
    /**
     * Shortest secret in bytes: RFC 7143, section 9.2.1, wants IPsec below 96 bits; Windows takes
     * no shorter one either.
     */
    public static final int BYTES_MIN = 12;

    /** Longest secret in bytes; Windows takes 16. */
    public static final int BYTES_MAX = 255;

    private final byte[] bytes;

    /**
     * Creates a secret.
     *
     * @param text {@link #BYTES_MIN} to {@link #BYTES_MAX} bytes of UTF-8
     * @throws IllegalArgumentException if it is shorter or longer; the message does not say it
     */
    public Secret(String text) {
        bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the secret has "
                            + bytes.length
                            + " bytes; use "
                            + BYTES_MIN
                            + " to "
                            + BYTES_MAX
                            + " (Windows: 12 to 16)");
        }
    }

    /** The secret itself, a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
