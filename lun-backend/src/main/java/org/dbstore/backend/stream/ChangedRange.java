package org.dbstore.backend.stream;

/**
 * Bytes of a volume that are not what they were.
 *
 * @param offset first byte, a multiple of 4096
 * @param lengthBytes above 0, a multiple of 4096
 * @param kind what is there now
 */
public record ChangedRange(long offset, long lengthBytes, Kind kind) {
    /** What is there now. */
    public enum Kind {
        /** Stored bytes. */
        DATA,
        /** Nothing is stored: it reads as zeroes. */
        ZERO
    }

    /**
     * Returns the end.
     *
     * @return first byte behind
     */
    public long end() {
        return offset + lengthBytes;
    }

    /** Tells whether another range goes on where this one ends. */
    boolean continuesIn(ChangedRange next) {
        return next.kind == kind && next.offset == end();
    }

    /** Returns this range together with the one that goes on behind it. */
    ChangedRange with(ChangedRange next) {
        return new ChangedRange(offset, lengthBytes + next.lengthBytes, kind);
    }
}
