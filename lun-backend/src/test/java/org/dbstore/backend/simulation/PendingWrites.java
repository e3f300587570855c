package org.dbstore.backend.simulation;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What was written since the last force, in order. Not thread-safe. */
final class PendingWrites {
    private long[] offsets = new long[16];
    private int[] lengths = new int[16];
    private int[] starts = new int[16];
    private boolean[] durable = new boolean[16];
    private boolean[] holes = new boolean[16];
    private byte[] bytes = new byte[1 << 10];
    private final byte @Nullable [] hole;
    private int used;
    private int count;

    /**
     * Creates an empty list.
     *
     * @param hole what a page of a hole reads as; null for zeroes
     */
    PendingWrites(byte @Nullable [] hole) {
        this.hole = hole;
    }

    /**
     * Adds a write.
     *
     * @param confirmed true if it survives for certain: the write itself was durable
     */
    void add(long offset, ByteBuffer source, int length, boolean confirmed) {
        if (used + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(used + length, bytes.length * 2));
        }
        source.get(source.position(), bytes, used, length);
        add(offset, length, confirmed);
        used += length;
    }

    private void add(long offset, int length, boolean confirmed) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            durable = Arrays.copyOf(durable, count * 2);
            holes = Arrays.copyOf(holes, count * 2);
        }
        offsets[count] = offset;
        lengths[count] = length;
        starts[count] = used;
        durable[count] = confirmed;
        holes[count] = false;
        count++;
    }

    /** Adds a hole that was punched. */
    void addHole(long offset, long length) {
        add(offset, Math.toIntExact(length), false);
        holes[count - 1] = true;
    }

    void clear() {
        used = 0;
        count = 0;
    }

    int count() {
        return count;
    }

    long offset(int write) {
        return offsets[write];
    }

    int length(int write) {
        return lengths[write];
    }

    boolean isDurable(int write) {
        return durable[write];
    }

    byte[] bytes() {
        return bytes;
    }

    int start(int write) {
        return starts[write];
    }

    /** Tells parts of writes apart: by place and content. */
    long hash(int write, int from, int length) {
        long hash = offsets[write] + from;
        for (int i = starts[write] + from; i < starts[write] + from + length; i++) {
            hash = hash * 0x9E3779B97F4A7C15L + bytes[i];
        }
        return hash;
    }

    boolean isHole(int write) {
        return holes[write];
    }

    /** Puts a part of a write onto a medium; of a hole always all. */
    void apply(int write, int from, int length, Pages medium) {
        if (holes[write]) {
            medium.replace(offsets[write], lengths[write], hole);
            return;
        }
        medium.write(offsets[write] + from, bytes, starts[write] + from, length);
    }
}
