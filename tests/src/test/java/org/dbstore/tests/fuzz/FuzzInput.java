package org.dbstore.tests.fuzz;

import java.util.Arrays;

/** The bytes of one execution, taken from the front; behind their end there are zeroes. */
final class FuzzInput {
    private final byte[] bytes;
    private int at;

    FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    int u8() {
        return at < bytes.length ? bytes[at++] & 0xff : 0;
    }

    boolean flag() {
        return (u8() & 1) != 0;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    /** As many bytes as are left, at most so many. */
    byte[] bytes(int most) {
        int count = Math.min(most, bytes.length - at);
        at += count;
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    /** As many bytes as are left, filled up with zeroes. */
    byte[] exactly(int count) {
        return Arrays.copyOf(bytes(count), count);
    }

    byte[] rest() {
        return bytes(bytes.length - at);
    }
}
