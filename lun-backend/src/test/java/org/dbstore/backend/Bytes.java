package org.dbstore.backend;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Buffers for tests, and reading and writing with them. */
public final class Bytes {
    private Bytes() {}

    /** A direct buffer of the given content, ready to be read. */
    public static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    /** Bytes that differ from seed to seed and are never all zero. */
    public static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** Reads a range of a volume. */
    public static byte[] read(Volume volume, long offset, int length) throws BackendException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(length);
        volume.read(offset, buffer);
        byte[] bytes = new byte[length];
        buffer.flip().get(bytes);
        return bytes;
    }

    /** Writes a range of a volume. */
    public static boolean write(Volume volume, long offset, byte[] content)
            throws BackendException {
        return volume.write(offset, direct(content));
    }
}
