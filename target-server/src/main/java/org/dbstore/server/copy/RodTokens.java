package org.dbstore.server.copy;

import org.dbstore.server.scsi.CopyLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.RangeLocks;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ROD tokens (SPC-4, "ROD tokens"): each stands for blocks as they were when it was made, "point in
 * time copy, change vulnerable": it is worth nothing once one of them has been written. Safe for
 * all threads.
 */
final class RodTokens {
    /** Length of a token. */
    static final int BYTES = 512;

    /** ROD TYPE of ours. */
    static final int CHANGE_VULNERABLE = 0x0080_0001;

    private static final int ZERO = 0xffff_0001;
    private static final int LENGTH = BYTES - 8;
    private static final int IDENTIFIER = 96;
    private static final int IDENTIFIER_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final Map<ByteBuffer, Token> byIdentifier =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Token> eldest) {
                    boolean tooMany = size() > CopyLimits.TOKENS_MAX;
                    if (tooMany) {
                        eldest.getValue().forget();
                    }
                    return tooMany;
                }
            };

    /**
     * A part of a unit.
     *
     * @param offset first byte
     * @param bytes above 0
     */
    record Range(long offset, long bytes) {}

    /** What a token stands for. */
    static final class Token {
        private final @Nullable Medium medium;
        private final List<Range> ranges;
        private final long bytes;
        private final RangeLocks.@Nullable Watch watch;
        private final long inactivityNanos;
        private volatile long usedNanos = System.nanoTime();

        private Token(@Nullable Medium medium, List<Range> ranges, int inactivitySeconds) {
            this.medium = medium;
            this.ranges = ranges;
            this.bytes = ranges.stream().mapToLong(Range::bytes).sum();
            this.inactivityNanos = inactivitySeconds * 1_000_000_000L;
            this.watch = medium == null ? null : medium.ranges().watch(this::holds);
        }

        /** The unit; null for the token of zeroes. */
        @Nullable Medium medium() {
            return medium;
        }

        /** What it stands for, in order. */
        List<Range> ranges() {
            return ranges;
        }

        /** Sum of the ranges. */
        long bytes() {
            return bytes;
        }

        /** Tells whether none of the blocks has been written. */
        boolean isIntact() {
            return watch == null || !watch.isTouched();
        }

        private boolean holds(long offset, long length) {
            return ranges.stream()
                    .anyMatch(range ->
                            offset < range.offset() + range.bytes()
                                    && range.offset() < offset + length);
        }

        private boolean isExpired() {
            return System.nanoTime() - usedNanos > inactivityNanos;
        }

        private void touch() {
            usedNanos = System.nanoTime();
        }

        private void forget() {
            if (medium != null && watch != null) {
                medium.ranges().unwatch(watch);
            }
        }
    }

    private final Token zeroes = new Token(null, List.of(), Integer.MAX_VALUE);

    /**
     * Makes a token.
     *
     * @return 512 bytes
     */
    byte[] create(Medium medium, List<Range> ranges, int inactivitySeconds) {
        byte[] identifier = new byte[IDENTIFIER_BYTES];
        random.nextBytes(identifier);
        Token token = new Token(medium, ranges, inactivitySeconds);
        synchronized (this) {
            byIdentifier.values().removeIf(RodTokens::isGone);
            byIdentifier.put(ByteBuffer.wrap(identifier), token);
        }
        return ByteBuffer.allocate(BYTES)
                .putInt(CHANGE_VULNERABLE)
                .putShort(6, (short) LENGTH)
                .put(16, (byte) 0xe4)
                .put(20, (byte) 1)
                .put(21, (byte) 3)
                .put(23, (byte) 16)
                .put(24, medium.identity().naa())
                .putLong(56, token.bytes())
                .put(IDENTIFIER, identifier)
                .array();
    }

    private static boolean isGone(Token token) {
        boolean gone = token.isExpired() || !token.isIntact();
        if (gone) {
            token.forget();
        }
        return gone;
    }

    /**
     * Finds what a token stands for.
     *
     * @param token 512 bytes
     * @return null if it is unknown: never made, expired, forgotten or worth nothing any more
     */
    synchronized @Nullable Token find(byte[] token) {
        ByteBuffer fields = ByteBuffer.wrap(token);
        if (fields.getInt(0) == ZERO) {
            return zeroes;
        }
        if (fields.getInt(0) != CHANGE_VULNERABLE || fields.getShort(6) != LENGTH) {
            return null;
        }
        byIdentifier.values().removeIf(RodTokens::isGone);
        Token found = byIdentifier.get(fields.slice(IDENTIFIER, IDENTIFIER_BYTES));
        if (found != null) {
            found.touch();
        }
        return found;
    }

    /** Deletes a token (DEL_TKN). */
    synchronized void delete(byte[] token) {
        Token gone =
                byIdentifier.remove(ByteBuffer.wrap(token).slice(IDENTIFIER, IDENTIFIER_BYTES));
        if (gone != null) {
            gone.forget();
        }
    }
}
