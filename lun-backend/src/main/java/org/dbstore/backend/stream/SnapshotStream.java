package org.dbstore.backend.stream;

import org.dbstore.backend.BackendException;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** A snapshot, or what changed since an older one, that is there to be had as a stream. */
public interface SnapshotStream {
    /**
     * Writes the stream.
     *
     * @param output a pipe or file; not closed
     * @param from where an interrupted stream is gone on with: then it begins there
     * @return bytes of contents written
     * @throws BackendException if the snapshot cannot be read
     * @throws IOException if the output takes no more; {@link StreamException} if {@code from} is
     *     of another stream
     */
    long write(WritableByteChannel output, Optional<StreamToken> from)
            throws BackendException, IOException;

    /**
     * Goes on with a stream that broke off, behind its last whole frame.
     *
     * @param output at the end of that frame; not closed
     * @param from how far it had come
     * @return bytes of contents written
     * @throws BackendException as {@link #write}
     * @throws IOException as {@link #write}
     */
    long append(WritableByteChannel output, StreamToken from) throws BackendException, IOException;

    /**
     * Refuses what belongs to another export.
     *
     * @param from how far a stream had come
     * @throws BackendException as {@link #write}
     * @throws IOException {@link StreamException} if it is of another snapshot, or has another base
     */
    void check(StreamToken from) throws BackendException, IOException;
}
