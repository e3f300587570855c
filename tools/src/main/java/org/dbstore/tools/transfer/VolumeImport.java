package org.dbstore.tools.transfer;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.VolumeContents;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Replaces the contents of a volume by what a file or pipe holds. Zeroes are unmapped instead of
 * stored, and so is the rest of the volume after a shorter input.
 */
public final class VolumeImport {
    private static final int CHUNK_BYTES = 1 << 20;

    private final VolumeContents volume;
    private final boolean empty;
    private final ProgressListener progress;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private long storedBytes;

    /**
     * Prepares an import.
     *
     * @param volume the live volume
     * @param empty true if it reads as zeroes throughout, so that zeroes can be passed over
     * @param progress hears how far it has come
     */
    public VolumeImport(VolumeContents volume, boolean empty, ProgressListener progress) {
        this.volume = volume;
        this.empty = empty;
        this.progress = progress;
    }

    /**
     * Reads to the end of the input; the contents are durable at return.
     *
     * @param input not closed
     * @return bytes stored, zeroes not counted
     * @throws IOException if the input cannot be read
     * @throws BackendException if the volume cannot be written
     * @throws CommandFailure if the input is larger than the volume
     */
    public long from(ReadableByteChannel input)
            throws IOException, BackendException, CommandFailure {
        long size = volume.sizeBytes();
        long offset = 0;
        for (int length = fill(input); length > 0; length = fill(input)) {
            if (length > size - offset) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "the input is larger than the " + size + " bytes of " + volume.name(),
                        "import it into a larger volume");
            }
            store(offset);
            offset += length;
            progress.progress(offset, size);
        }
        zero(offset, size - offset);
        volume.flush();
        progress.progress(size, size);
        return storedBytes;
    }

    private int fill(ReadableByteChannel input) throws IOException {
        chunk.clear();
        while (chunk.hasRemaining() && input.read(chunk) >= 0) {
            // A pipe gives what it has; runs of zeroes are found in whole chunks.
        }
        return chunk.flip().limit();
    }

    private void store(long offset) throws BackendException {
        for (int index = 0; index < chunk.limit(); ) {
            int end = ZeroScan.runEnd(chunk, index);
            if (ZeroScan.isZero(chunk, index)) {
                zero(offset + index, end - index);
            } else {
                volume.write(offset + index, chunk.slice(index, end - index));
                storedBytes += end - index;
            }
            index = end;
        }
    }

    private void zero(long offset, long lengthBytes) throws BackendException {
        if (!empty && lengthBytes > 0) {
            volume.writeZeroes(offset, lengthBytes);
        }
    }
}
