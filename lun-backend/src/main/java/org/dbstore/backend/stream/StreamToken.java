package org.dbstore.backend.stream;

import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a stream has come, between two frames: who has it can go on from there.
 *
 * @param snapshot identity of what the stream carries
 * @param base identity of what it is based on, all zero for a full one
 * @param frames before this point
 * @param offset of the volume that these frames reach
 * @param digest of the stream up to here
 */
public record StreamToken(UUID snapshot, UUID base, long frames, long offset, Digest digest) {
    /** No base: the stream is a full one. */
    public static final UUID NO_BASE = new UUID(0, 0);

    private static final Pattern TEXT =
            Pattern.compile(
                    "1_([0-9a-f-]{36})_([0-9a-f-]{36})_([0-9]{1,18})_([0-9]{1,18})_([0-9a-f]{64})");

    /**
     * 32 bytes that depend on every byte of a stream before a point.
     *
     * @param bytes never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by content below
    public record Digest(byte[] bytes) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Digest(byte[] others) && java.util.Arrays.equals(bytes, others);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(bytes);
        }
    }

    /** Checks that nothing is missing. */
    public StreamToken {
        Objects.requireNonNull(digest);
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @param text of a token
     * @return the token
     * @throws IllegalArgumentException if it is none
     */
    public static StreamToken parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no token of a stream");
        }
        return new StreamToken(
                UUID.fromString(matcher.group(1)),
                UUID.fromString(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                new Digest(HexFormat.of().parseHex(matcher.group(5))));
    }

    /** Tells whether another token is of the same stream. */
    boolean isOfSameStream(StreamToken other) {
        return snapshot.equals(other.snapshot) && base.equals(other.base);
    }

    /** Returns a text of at most 212 characters without blanks. */
    @Override
    public String toString() {
        return "1_%s_%s_%d_%d_%s".formatted(snapshot, base, frames, offset, digest);
    }
}
