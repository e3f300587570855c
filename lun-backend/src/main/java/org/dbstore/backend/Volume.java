package org.dbstore.backend;

import java.nio.ByteBuffer;

/**
 * An open thin volume, or a snapshot of one, of a store that this process holds. Of requests that
 * overlap and are under way together, a read may see a part of a write, and of two writes each may
 * leave a part: whoever minds orders them. Mapping is exact all the same: no request sees data of
 * others than those. The size may change at any time (see {@link VolumeListener}); a range that was
 * within it before may end so too.
 */
public interface Volume extends VolumeContents {
    /** Receives the end of a commit. */
    @FunctionalInterface
    interface CommitListener {
        /**
         * Runs once, on the thread that led the commit or asked for it, which it must not block.
         *
         * @param failure null if everything asked for is durable; otherwise the store has failed
         */
        void committed(@org.jspecify.annotations.Nullable BackendException failure);
    }

    /**
     * How far a copy came.
     *
     * @param bytes copied from the beginning
     * @param uncommitted as {@link #write}
     */
    record Copied(long bytes, boolean uncommitted) {}

    /**
     * Tells whether a write may have to wait for the medium before it is in order (direct I/O), so
     * that the caller should not run it in a thread that others wait for.
     *
     * @return false if writes go to the page cache
     */
    boolean writesWaitForMedium();

    /**
     * As {@link #read} if that needs no wait for the medium.
     *
     * @param offset first byte
     * @param target direct buffer; its position is unchanged if the answer is false
     * @return false if the data would have to be waited for; call {@link #read} then
     * @throws BackendException as {@link #read}
     */
    boolean readNow(long offset, ByteBuffer target) throws BackendException;

    /**
     * As {@link #write}, where the end of this process is all that an acknowledged write must
     * survive: metadata that it changes needs no commit for that, if there is a log of intents and
     * no direct I/O. A commit follows within about five seconds.
     *
     * @param offset first byte
     * @param source direct buffer
     * @return false if the end of this process does not undo it, true if it takes a {@link #commit}
     * @throws BackendException as {@link #write}
     */
    boolean writeBack(long offset, ByteBuffer source) throws BackendException;

    /**
     * As {@link #write}, and waits for the medium where that makes the data durable by itself:
     * where they replace blocks whose metadata is committed. For large writes: each is forced on
     * its own, while those that end with a commit share one.
     *
     * @param offset first byte
     * @param source direct buffer
     * @return false if the data is durable, true if it takes a {@link #commit}
     * @throws BackendException as {@link #write}
     */
    boolean writeThrough(long offset, ByteBuffer source) throws BackendException;

    /**
     * Tells how much {@link #writeAtomically} takes at once.
     *
     * @return bytes; 0 if it cannot be had: of a snapshot, of a store that is read-only, and of a
     *     device without a journal, which gets one at its first change if there is room
     */
    int atomicWriteBytesMax();

    /**
     * Writes bytes that are durable when it returns, and of which no loss of power, failure or end
     * of the process ever leaves a part only: until then all is as it was. Slow beside {@link
     * #write}: whole extents are copied.
     *
     * @param offset first byte
     * @param source direct buffer, at most {@link #atomicWriteBytesMax} bytes
     * @throws BackendException as {@link #write}; after {@link BackendError#FAILED} the next
     *     opening shows whether it was written
     */
    void writeAtomically(long offset, ByteBuffer source) throws BackendException;

    /**
     * Unmaps the whole blocks of the range; they read as zeroes afterwards. Parts of blocks at its
     * ends are left as they are. Snapshots keep their contents.
     *
     * @param offset first byte
     * @param lengthBytes 0 or more
     * @return as {@link #write}
     * @throws BackendException as {@link #write}; {@link BackendError#NO_SPACE} if hiding a
     *     snapshot's block needs an extent and none is free
     */
    boolean unmap(long offset, long lengthBytes) throws BackendException;

    @Override
    Run runAt(long offset);

    /**
     * Copies bytes on the device itself, without moving them through memory, as far as that can be
     * done at once: whole blocks that the source has mapped, of a volume or snapshot of the same
     * store. Where it ends the caller goes on by reading and writing, and may come back behind
     * that. Ranges of one volume must not overlap.
     *
     * @param source may be this volume
     * @param sourceOffset first byte of the source
     * @param offset first byte here
     * @param lengthBytes 0 or more
     * @return how far it came: 0 if not at all
     * @throws BackendException as {@link #write} and {@link #read}, but not for want of space
     */
    Copied copyFrom(Volume source, long sourceOffset, long offset, long lengthBytes)
            throws BackendException;

    /**
     * Makes every write, unmap and zeroing that returned before this call durable, together with
     * all others that wait for the same (group commit). Returns at once.
     *
     * @param listener told when it is done
     */
    void commit(CommitListener listener);

    /**
     * Notes durably that writes were acknowledged which are not durable. To be called before the
     * first such acknowledgement; later calls cost nothing. A clean close of the store takes the
     * mark away.
     *
     * <p>A device without room for a catalogue keeps no marks.
     *
     * @throws BackendException {@link BackendError#READ_ONLY}, {@link BackendError#NO_SPACE},
     *     {@link BackendError#FAILED}: then nothing may be acknowledged before it is durable
     */
    void markDirty() throws BackendException;

    /**
     * Tells whether the system went down while the mark of {@link #markDirty} was set: writes that
     * it had acknowledged may be lost, though initiators that saw no interruption of their own
     * believe that they are only waiting to be flushed.
     *
     * @return false if only this process went down: what it had written is in the page cache
     */
    boolean wasDirtyAtCrash();
}
