package org.dbstore.backend.stream;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/** A volume that a stream is to make, or to bring up to date. */
public interface StreamReceiver {
    /**
     * What an import did.
     *
     * @param snapshot that was taken
     * @param storedBytes bytes of contents received
     */
    record Imported(SnapshotInfo snapshot, long storedBytes) {}

    /**
     * Receives a whole stream.
     *
     * @param input from the stream's first byte; not closed
     * @return what was done
     * @throws IOException if the input cannot be read; {@link StreamException} if it is damaged or
     *     not for this volume
     * @throws BackendException {@link BackendError#ALREADY_EXISTS} if a full stream names a volume
     *     that is there, {@link BackendError#NOT_FOUND} if an increment names none; {@link
     *     BackendError#BUSY} if the volume holds a part of an import; as {@link Volume#write}
     */
    Imported run(ReadableByteChannel input) throws IOException, BackendException;

    /**
     * Goes on with an import that broke off.
     *
     * @param input the same stream from its first byte, or one that begins where that broke off
     * @return what was done
     * @throws IOException as {@link #run}
     * @throws BackendException as {@link #run}; {@link BackendError#INVALID} if no import broke
     *     off; {@link BackendError#BUSY} if what was received is being undone
     */
    Imported resume(ReadableByteChannel input) throws IOException, BackendException;
}
