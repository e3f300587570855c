package org.dbstore.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** A CHAP secret. It shows itself to nobody who does not ask for its bytes. */
public final class Secret {
    /**
     * Shortest secret in bytes: RFC 7143, section 9.2.1, wants IPsec below 96 bits; Windows takes
     * no shorter one either.
     */
    public static final int BYTES_MIN = 12;

    /** Longest secret in bytes; Windows takes 16. */
    public static final int BYTES_MAX = 255;

    /**
     * Where a secret is kept, as a configuration says it.
     *
     * @param kind of place
     * @param name absolute path, or name of the variable
     */
    public record Reference(Kind kind, String name) {
        /** Of place. */
        public enum Kind {
            /** A file of its own. */
            FILE,
            /** A variable of the environment. */
            VARIABLE
        }
    }

    private final byte[] bytes;
    private final Optional<Reference> reference;

    /**
     * Creates a secret that is kept nowhere.
     *
     * @param text {@link #BYTES_MIN} to {@link #BYTES_MAX} bytes of UTF-8
     * @throws IllegalArgumentException if it is shorter or longer; the message does not say it
     */
    public Secret(String text) {
        this(text, Optional.empty());
    }

    /**
     * Creates a secret.
     *
     * @param text {@link #BYTES_MIN} to {@link #BYTES_MAX} bytes of UTF-8
     * @param reference where it is kept; two secrets are equal wherever they are
     * @throws IllegalArgumentException if it is shorter or longer; the message does not say it
     */
    public Secret(String text, Optional<Reference> reference) {
        this.reference = reference;
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

    /** Where it is kept; empty if nowhere. */
    public Optional<Reference> reference() {
        return reference;
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
