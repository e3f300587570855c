package org.dbstore.tools.transfer;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.VolumeContents;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes the raw contents of a volume or snapshot somewhere. */
public final class VolumeExport {
    private static final int CHUNK_BYTES = 1 << 20;

    /** Where contents go, in order from offset 0. */
    private interface Sink {
        /** Takes bytes from the buffer's position to its limit. */
        void data(ByteBuffer bytes) throws IOException;

        /** Takes that many zeroes. */
        void zeroes(long lengthBytes) throws IOException;
    }

    private final VolumeContents volume;
    private final ProgressListener progress;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private long storedBytes;

    /**
     * Prepares an export.
     *
     * @param volume the source; nobody writes it meanwhile
     * @param progress hears how far it has come
     */
    public VolumeExport(VolumeContents volume, ProgressListener progress) {
        this.volume = volume;
        this.progress = progress;
    }

    /**
     * Writes a file with holes where the contents are zero. Its name appears when it is whole and
     * durable; until then, and after a failure, what had the name before is there.
     *
     * @param file replaced if it exists
     * @return bytes stored in the file, holes not counted
     * @throws IOException if the file cannot be written
     * @throws BackendException if the volume cannot be read
     */
    public long toFile(Path file) throws IOException, BackendException {
        Path unfinished =
                file.resolveSibling(file.getFileName() + ".part" + ProcessHandle.current().pid());
        unfinished.toFile().deleteOnExit(); // also when the operator interrupts
        try {
            try (RandomAccessFile output = new RandomAccessFile(unfinished.toFile(), "rw")) {
                output.setLength(0);
                output.setLength(volume.sizeBytes());
                copy(new SparseFile(output.getChannel()));
                output.getChannel().force(true);
            }
            Files.move(
                    unfinished,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        try (FileChannel directory = FileChannel.open(parent(file), StandardOpenOption.READ)) {
            directory.force(true);
        }
        return storedBytes;
    }

    /**
     * Writes every byte, zeroes too: a pipe has no holes, and a device has other contents in them.
     *
     * @param output a pipe or device; not closed
     * @return bytes written
     * @throws IOException if the output takes no more
     * @throws BackendException if the volume cannot be read
     */
    public long toStream(WritableByteChannel output) throws IOException, BackendException {
        copy(new Stream(output));
        return storedBytes;
    }

    private void copy(Sink sink) throws IOException, BackendException {
        long size = volume.sizeBytes();
        for (long offset = 0; offset < size; ) {
            VolumeContents.Run run = volume.runAt(offset);
            long end = Math.min(size, offset + run.lengthBytes());
            if (run.mapped()) {
                end = Math.min(end, offset + CHUNK_BYTES);
                copyMapped(offset, (int) (end - offset), sink);
            } else {
                sink.zeroes(end - offset);
            }
            offset = end;
            progress.progress(offset, size);
        }
    }

    private void copyMapped(long offset, int lengthBytes, Sink sink)
            throws IOException, BackendException {
        volume.read(offset, chunk.clear().limit(lengthBytes));
        chunk.flip();
        for (int index = 0; index < lengthBytes; ) {
            int end = ZeroScan.runEnd(chunk, index);
            if (ZeroScan.isZero(chunk, index)) {
                sink.zeroes(end - index);
            } else {
                sink.data(chunk.slice(index, end - index));
                storedBytes += end - index;
            }
            index = end;
        }
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    private static void writeFully(WritableByteChannel output, ByteBuffer bytes)
            throws IOException {
        while (bytes.hasRemaining()) {
            output.write(bytes);
        }
    }

    /** A file that is all hole at first: zeroes are passed over. */
    private record SparseFile(FileChannel file) implements Sink {
        @Override
        public void data(ByteBuffer bytes) throws IOException {
            writeFully(file, bytes);
        }

        @Override
        public void zeroes(long lengthBytes) throws IOException {
            file.position(file.position() + lengthBytes);
        }
    }

    /** Anything that takes bytes in order. */
    private final class Stream implements Sink {
        private final WritableByteChannel output;
        private final ByteBuffer zeroes = ByteBuffer.allocateDirect(CHUNK_BYTES);

        Stream(WritableByteChannel output) {
            this.output = output;
        }

        @Override
        public void data(ByteBuffer bytes) throws IOException {
            writeFully(output, bytes);
        }

        @Override
        public void zeroes(long lengthBytes) throws IOException {
            for (long left = lengthBytes; left > 0; left -= zeroes.limit()) {
                writeFully(output, zeroes.clear().limit((int) Math.min(left, CHUNK_BYTES)));
            }
            storedBytes += lengthBytes;
        }
    }
}
