package org.dbstore.backend.device;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * Data transfers of any alignment: what the device cannot take as it is goes through an aligned
 * buffer of the pool. Writes must be aligned in offset and length; their buffer need not be.
 */
public final class DeviceIo {
    /** Most bytes moved by one call of the device. */
    public static final int TRANSFER_BYTES_MAX = 1 << 20;

    /** Buffers of the pool, each of {@link #TRANSFER_BYTES_MAX}. */
    private static final int BUFFER_COUNT_MAX = 32;

    private static final int BLOCK_BYTES = AlignedBuffers.ALIGNMENT_BYTES;

    /** Buffers of the pool for parts of blocks. */
    private static final int BLOCK_BUFFER_COUNT_MAX = 64;

    private final BlockDevice device;
    private final StoreHealth health;
    private final int alignment;
    private final AlignedBuffers buffers = new AlignedBuffers(TRANSFER_BYTES_MAX, BUFFER_COUNT_MAX);
    private final AlignedBuffers blockBuffers =
            new AlignedBuffers(BLOCK_BYTES, BLOCK_BUFFER_COUNT_MAX);

    /**
     * Creates the access to a device.
     *
     * @param device where to
     * @param health told if the device turns out to be closed
     */
    public DeviceIo(BlockDevice device, StoreHealth health) {
        this.device = device;
        this.health = health;
        this.alignment = device.alignment();
    }

    /**
     * Returns what a write's offset and length must be a multiple of.
     *
     * @return 1 or a power of two
     */
    public int alignment() {
        return alignment;
    }

    /**
     * Returns the pool, for copies; a holder must not call this object with an unaligned range.
     *
     * @return buffers of {@link #TRANSFER_BYTES_MAX}
     */
    public AlignedBuffers buffers() {
        return buffers;
    }

    /**
     * Returns the pool for single blocks.
     *
     * @return buffers of 4096 bytes
     */
    public AlignedBuffers blockBuffers() {
        return blockBuffers;
    }

    /**
     * Reads {@code length} bytes to the position of {@code target} and moves it.
     *
     * @param at first byte on the device
     * @param target direct buffer
     * @param length at most what remains
     * @throws BackendException {@link BackendError#IO}
     */
    public void read(long at, ByteBuffer target, int length) throws BackendException {
        int limit = target.limit();
        try {
            target.limit(target.position() + length);
            if (isAligned(at, length, target)) {
                device.read(at, target);
            } else {
                readThroughPool(at, target);
            }
        } catch (IOException e) {
            throw failed("read", at, length, e);
        } finally {
            target.limit(limit);
        }
    }

    /**
     * As {@link #read} if that needs no wait.
     *
     * @param at first byte on the device
     * @param target direct buffer; does not move if the answer is false
     * @param length at most what remains
     * @return true if the bytes were read
     * @throws BackendException {@link BackendError#IO}
     */
    public boolean tryRead(long at, ByteBuffer target, int length) throws BackendException {
        if (alignment > 1) {
            return false;
        }
        int limit = target.limit();
        try {
            target.limit(target.position() + length);
            return device.tryRead(at, target);
        } catch (IOException e) {
            throw failed("read", at, length, e);
        } finally {
            target.limit(limit);
        }
    }

    /**
     * Writes {@code length} bytes from the position of {@code source} and moves it.
     *
     * @param at first byte on the device, aligned
     * @param source direct buffer
     * @param length at most what remains, aligned
     * @throws BackendException {@link BackendError#IO}, or {@link BackendError#NO_SPACE} if the
     *     file system below is full
     */
    public void write(long at, ByteBuffer source, int length) throws BackendException {
        int limit = source.limit();
        try {
            source.limit(source.position() + length);
            if (isAligned(at, length, source)) {
                device.write(at, source);
            } else {
                writeThroughPool(at, source);
            }
        } catch (IOException e) {
            throw failed("write", at, length, e);
        } finally {
            source.limit(limit);
        }
    }

    /**
     * Copies bytes that do not overlap to another place.
     *
     * @param from first byte on the device, aligned
     * @param to first byte on the device, aligned
     * @param length at most {@link #TRANSFER_BYTES_MAX}, aligned
     * @throws BackendException as {@link #read} and {@link #write}
     */
    public void copy(long from, long to, int length) throws BackendException {
        try {
            if (device.copyRange(from, to, length)) {
                return;
            }
        } catch (IOException e) {
            throw failed("copy", from, length, e);
        }
        boolean small = length <= BLOCK_BYTES;
        AlignedBuffers pool = small ? blockBuffers : buffers;
        ByteBuffer buffer = pool.take();
        try {
            read(from, buffer, length);
            write(to, buffer.flip(), length);
        } finally {
            pool.give(buffer);
        }
    }

    /**
     * As {@link #write}, and returns when these bytes are on the medium, if the device can do that.
     *
     * @param at first byte on the device
     * @param source direct buffer; does not move if the answer is false
     * @param length at most what remains
     * @return false if the bytes have to be written and forced instead
     * @throws BackendException {@link BackendError#FAILED}: what became of the bytes is unknown, as
     *     after a failed force
     */
    public boolean writeThrough(long at, ByteBuffer source, int length) throws BackendException {
        if (alignment > 1) {
            return false;
        }
        int limit = source.limit();
        try {
            source.limit(source.position() + length);
            return device.writeThrough(at, source);
        } catch (IOException e) {
            throw health.fail(
                    "write-through of %d bytes at %d of %s".formatted(length, at, device.name()),
                    e);
        } finally {
            source.limit(limit);
        }
    }

    private boolean isAligned(long at, int length, ByteBuffer buffer) {
        return alignment == 1
                || (((at | length) & (alignment - 1)) == 0
                        && buffer.alignmentOffset(buffer.position(), alignment) == 0);
    }

    private void readThroughPool(long at, ByteBuffer target) throws IOException {
        ByteBuffer buffer = buffers.take();
        try {
            long from = at;
            while (target.hasRemaining()) {
                int skip = (int) (from & alignment - 1);
                int count = Math.min(target.remaining(), TRANSFER_BYTES_MAX - skip);
                buffer.clear().limit(skip + count + alignment - 1 & -alignment);
                device.read(from - skip, buffer);
                buffer.position(skip).limit(skip + count);
                target.put(buffer);
                from += count;
            }
        } finally {
            buffers.give(buffer);
        }
    }

    private void writeThroughPool(long at, ByteBuffer source) throws IOException {
        ByteBuffer buffer = buffers.take();
        try {
            long to = at;
            while (source.hasRemaining()) {
                int count = Math.min(source.remaining(), TRANSFER_BYTES_MAX);
                buffer.clear().limit(count);
                buffer.put(0, source, source.position(), count);
                device.write(to, buffer);
                source.position(source.position() + count);
                to += count;
            }
        } finally {
            buffers.give(buffer);
        }
    }

    private BackendException failed(String what, long at, int length, IOException e) {
        if (e instanceof ClosedChannelException) {
            return health.fail("the device was closed under the store", e);
        }
        BackendError error = errorOf(e);
        String reason = error == BackendError.NO_SPACE ? "the file system below is full: " : "";
        String message = "%s of %d bytes at %d of %s".formatted(what, length, at, device.name());
        return new BackendException(error, reason + message, e);
    }

    /**
     * Returns what the message of an {@link IOException} has if the file system below is full.
     *
     * @return in the language of the system
     */
    public static String noSpaceText() {
        return Native.noSpaceText();
    }

    /**
     * Tells a full file system below from a medium that fails.
     *
     * @param e of a write
     * @return NO_SPACE or IO
     */
    public static BackendError errorOf(IOException e) {
        // The JDK has no exception of its own for ENOSPC.
        boolean full = e.getMessage() != null && e.getMessage().contains(noSpaceText());
        return full ? BackendError.NO_SPACE : BackendError.IO;
    }
}
