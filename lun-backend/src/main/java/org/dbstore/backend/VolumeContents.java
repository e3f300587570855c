package org.dbstore.backend;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What a thin volume, or a snapshot of one, holds: bytes by offset. Safe for use by many threads.
 *
 * <p>Offsets and lengths are bytes at any alignment. A range must lie within {@link #sizeBytes};
 * the caller has checked that, so a violation is an {@link IndexOutOfBoundsException}.
 */
public interface VolumeContents {
    /**
     * A run of blocks of equal state.
     *
     * @param lengthBytes from the offset asked for to the end of the run, above 0
     * @param mapped false if the run reads as zeroes because nothing is stored for it
     */
    record Run(long lengthBytes, boolean mapped) {}

    /**
     * Returns the name; of a snapshot "volume@name", or "volume@id" if it has none.
     *
     * @return for people
     */
    String name();

    /**
     * Returns the identity of the volume or snapshot: no other has it, and no change of a name
     * changes it.
     *
     * @return of 128 bits, random or a hash
     */
    UUID uuid();

    /**
     * Returns the present size; a resize or a rollback changes it.
     *
     * @return bytes, a multiple of 1 MiB
     */
    long sizeBytes();

    /**
     * Tells whether writes are refused: always so for a snapshot.
     *
     * @return true if {@link #write} and all else that changes contents fails
     */
    boolean isReadOnly();

    /**
     * Fills {@code target} from its position to its limit; unmapped blocks read as zeroes.
     *
     * @param offset first byte
     * @param target direct buffer
     * @throws BackendException {@link BackendError#IO}
     */
    void read(long offset, ByteBuffer target) throws BackendException;

    /**
     * Writes {@code source} from its position to its limit. When it returns, reads see the data and
     * the source may be used again; the data is durable only after a {@link #flush} begun later.
     *
     * @param offset first byte
     * @param source direct buffer
     * @return true if metadata changed, or the range holds blocks whose metadata is not committed
     *     yet: then not even the end of this process is survived before a commit
     * @throws BackendException {@link BackendError#NO_SPACE} before anything changed in the extent
     *     at fault, unless it is the file system below that is full: then blocks that were mapped
     *     already may be old or new; {@link BackendError#READ_ONLY}, {@link BackendError#IO},
     *     {@link BackendError#FAILED}
     */
    boolean write(long offset, ByteBuffer source) throws BackendException;

    /**
     * Makes the range read as zeroes, to the byte: whole blocks are unmapped, parts overwritten.
     *
     * @param offset first byte
     * @param lengthBytes 0 or more
     * @return as {@link #write}
     * @throws BackendException as {@link #write}
     */
    boolean writeZeroes(long offset, long lengthBytes) throws BackendException;

    /**
     * Tells how a run of blocks is provisioned (for GET LBA STATUS).
     *
     * @param offset first byte, below {@link #sizeBytes}
     * @return the run that begins there; of a very long one perhaps only the first part
     * @throws BackendException {@link BackendError#IO} if who holds the device cannot be reached
     */
    Run runAt(long offset) throws BackendException;

    /**
     * Makes every write and zeroing that returned before this call durable, and waits for it.
     *
     * @throws BackendException {@link BackendError#FAILED}
     */
    void flush() throws BackendException;
}
