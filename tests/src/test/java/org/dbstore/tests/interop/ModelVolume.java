package org.dbstore.tests.interop;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a volume has to hold, to the byte. */
final class ModelVolume {
    /** Only whole blocks are unmapped. */
    private static final int BLOCK = 4096;

    private final byte[] head;
    private final SortedMap<Integer, byte[]> snapshots = new TreeMap<>();

    ModelVolume(byte[] contents) {
        head = contents;
    }

    /** The live contents. */
    byte[] head() {
        return head;
    }

    /** Contents by snapshot id. */
    SortedMap<Integer, byte[]> snapshots() {
        return snapshots;
    }

    void write(int offset, byte[] bytes) {
        System.arraycopy(bytes, 0, head, offset, bytes.length);
    }

    void zero(int offset, int length) {
        Arrays.fill(head, offset, offset + length, (byte) 0);
    }

    void unmap(int offset, int length) {
        int from = Math.ceilDiv(offset, BLOCK) * BLOCK;
        int to = (offset + length) / BLOCK * BLOCK;
        if (from < to) {
            zero(from, to - from);
        }
    }
}
