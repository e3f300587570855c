package org.dbstore.server.iscsi.pdu;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** Lends buffers for data in flight, as far as a bound allows. */
public interface Buffers {
    /**
     * Lends a buffer.
     *
     * @param bytes 1..8 MiB
     * @return direct, position 0, limit {@code bytes}, contents undefined; null when that would
     *     pass the bound
     */
    @Nullable ByteBuffer tryTake(int bytes);

    /**
     * Takes a buffer back.
     *
     * @param buffer as lent, not a slice of it; not used by the caller again
     */
    void giveBack(ByteBuffer buffer);
}
