package org.dbstore.tools.transfer;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamException;
import org.dbstore.backend.stream.StreamReader;
import org.dbstore.backend.stream.StreamToken;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A stream in a file. Until it is whole and on the disk it is called FILE.partial; what is there
 * after an interruption is gone on with behind its last whole frame.
 */
public final class StreamFile {
    private final Path file;
    private final Path partial;

    /**
     * Names the file.
     *
     * @param file what the whole stream is called
     */
    public StreamFile(Path file) {
        this.file = file;
        this.partial = file.resolveSibling(file.getFileName() + ".partial");
    }

    /**
     * Returns what the file is called until it is whole.
     *
     * @return in the same directory
     */
    public Path partial() {
        return partial;
    }

    /**
     * Writes a stream from its beginning.
     *
     * @param export writes it
     * @param from where the stream begins, if not at the beginning of the snapshot
     * @return bytes of contents written
     * @throws IOException if the file cannot be written; what there is of it stays
     * @throws BackendException if the snapshot cannot be read
     */
    public long write(SnapshotStream export, Optional<StreamToken> from)
            throws IOException, BackendException {
        long stored;
        try (FileChannel output =
                FileChannel.open(
                        partial,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            stored = export.write(output, from);
            output.force(true);
        }
        publish();
        return stored;
    }

    /**
     * Goes on with a stream that broke off.
     *
     * @param export of the same snapshots
     * @return bytes of contents written now
     * @throws IOException if there is none, or of other snapshots, or as {@link #write}
     * @throws BackendException as {@link #write}
     */
    public long resume(SnapshotStream export) throws IOException, BackendException {
        long stored = 0;
        try (FileChannel channel =
                FileChannel.open(partial, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            StreamReader reader = new StreamReader(channel);
            readWhole(reader);
            export.check(reader.token()); // before anything is cut off
            if (!reader.isComplete()) {
                channel.truncate(reader.bytesRead());
                channel.position(reader.bytesRead());
                stored = export.append(channel, reader.token());
            }
            channel.force(true);
        }
        publish();
        return stored;
    }

    /** Reads as many frames as are whole. */
    private static void readWhole(StreamReader reader) throws IOException {
        try {
            while (reader.skip()) {
                // Only where the whole frames end is of interest.
            }
        } catch (StreamException e) {
            // Here it broke off.
        }
    }

    private void publish() throws IOException {
        Files.move(
                partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path parent = file.toAbsolutePath().getParent();
        try (FileChannel directory =
                FileChannel.open(parent == null ? Path.of("/") : parent, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
