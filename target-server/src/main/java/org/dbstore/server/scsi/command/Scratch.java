package org.dbstore.server.scsi.command;

import java.nio.ByteBuffer;

/** Working memory of the threads of the pool: one buffer each, for what is not sent. */
public final class Scratch {
    /** Size of the buffer: what one step of a long command reads or writes at most. */
    public static final int BYTES = 1 << 20;

    private static final int ALIGNMENT_BYTES = 4096; // direct I/O takes it without a copy
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() ->
                    ByteBuffer.allocateDirect(BYTES + ALIGNMENT_BYTES)
                            .alignedSlice(ALIGNMENT_BYTES)
                            .limit(BYTES));

    private Scratch() {}

    /**
     * Returns the thread's buffer; valid until the thread asks again.
     *
     * @param bytes 0..{@link #BYTES}
     * @return direct, position 0, limit {@code bytes}, contents undefined
     */
    public static ByteBuffer take(int bytes) {
        return BUFFER.get().clear().limit(bytes);
    }
}
