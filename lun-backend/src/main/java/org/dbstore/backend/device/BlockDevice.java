package org.dbstore.backend.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A fixed number of bytes that can be read, written and forced to the medium. Safe for use by many
 * threads. A range that is not wholly below {@link #sizeBytes} is an {@link IOException}: nothing
 * is transferred, nothing grows.
 *
 * <p>No thread that calls a device may be interrupted: that would close it for all.
 */
public interface BlockDevice extends AutoCloseable {
    /**
     * Returns the path, or what stands for one.
     *
     * @return for people
     */
    String name();

    /**
     * Returns the size at the time of opening; it never changes.
     *
     * @return bytes, of any alignment
     */
    long sizeBytes();

    /**
     * Returns what offset, length and buffer address of each transfer must be a multiple of.
     *
     * @return 1 (any; writes do not wait for the medium) or a power of two (direct I/O)
     */
    int alignment();

    /**
     * Fills {@code target} from its position to its limit.
     *
     * @param offset first byte
     * @param target direct buffer
     * @throws IOException if the range is outside or cannot be read
     */
    void read(long offset, ByteBuffer target) throws IOException;

    /**
     * As {@link #read} if that needs no wait for the medium.
     *
     * @param offset first byte
     * @param target direct buffer; unchanged in position, but not in content, if the answer is
     *     false
     * @return true if {@code target} was filled
     * @throws IOException as {@link #read}
     */
    boolean tryRead(long offset, ByteBuffer target) throws IOException;

    /**
     * Writes {@code source} from its position to its limit.
     *
     * @param offset first byte
     * @param source direct buffer
     * @throws IOException if the range is outside or cannot be written, wholly or in part
     */
    void write(long offset, ByteBuffer source) throws IOException;

    /**
     * As {@link #write}, and returns when these bytes, not those of other writes, are on the
     * medium.
     *
     * @param offset first byte
     * @param source direct buffer; its position is unchanged if the answer is false
     * @return false if the device cannot do that now: nothing may be concluded, {@link #write} and
     *     {@link #force} have to do it
     * @throws IOException if the bytes, or others, may be lost; as after a failed {@link #force}
     */
    boolean writeThrough(long offset, ByteBuffer source) throws IOException;

    /**
     * Returns when all completed writes are on the medium.
     *
     * @throws IOException if they may not be; the next call must not be trusted
     */
    void force() throws IOException;

    /**
     * Gives the space of a range back to what lies below, if it can take it. What the range reads
     * as afterwards is unspecified.
     *
     * @param offset first byte
     * @param lengthBytes number of bytes
     * @throws IOException if the medium failed
     */
    void punchHole(long offset, long lengthBytes) throws IOException;

    /**
     * Counts the bytes of a range that take space below.
     *
     * @param offset first byte
     * @param lengthBytes number of bytes
     * @return empty if that cannot be known, as of a disk
     * @throws IOException if the range is outside or the medium failed
     */
    default OptionalLong storedBytes(long offset, long lengthBytes) throws IOException {
        return OptionalLong.empty();
    }

    /**
     * Takes the space of a range from what lies below, if it can give it beforehand, so that later
     * writes there do not find it full. What the range reads as stays.
     *
     * @param offset first byte
     * @param lengthBytes number of bytes
     * @throws IOException if there is not as much, or the medium failed
     */
    default void preallocate(long offset, long lengthBytes) throws IOException {}

    /**
     * Copies a range to another place of the device without moving the bytes through this process,
     * if the device can and that is not slower.
     *
     * @param from first byte of the source
     * @param to first byte of the destination, which the source does not overlap
     * @param lengthBytes number of bytes
     * @return false if it did not: then the caller copies, and gets to know what is wrong, if
     *     anything is; what the destination reads as is unspecified until then
     * @throws IOException if a range is outside
     */
    default boolean copyRange(long from, long to, long lengthBytes) throws IOException {
        return false;
    }

    @Override
    void close() throws IOException;
}
