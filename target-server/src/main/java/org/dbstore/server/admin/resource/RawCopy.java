package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.server.admin.http.Call;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalLong;

/** Moves raw bytes between a volume and a connection; zeroes are not stored. */
final class RawCopy {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int BLOCK_BYTES = 4096;
    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(BLOCK_BYTES);

    private final Volume volume;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    RawCopy(Volume volume) {
        this.volume = volume;
    }

    static void checkRange(Volume volume, long offset, long lengthBytes) throws BackendException {
        if (lengthBytes > volume.sizeBytes() || offset > volume.sizeBytes() - lengthBytes) {
            throw new BackendException(
                    BackendError.INVALID,
                    "%d bytes at %d do not lie within the %d of %s"
                            .formatted(lengthBytes, offset, volume.sizeBytes(), volume.name()));
        }
    }

    void read(ByteRange range, OutputStream output) throws BackendException, IOException {
        WritableByteChannel channel = Channels.newChannel(output);
        long offset = range.offset();
        for (long left = range.lengthBytes(); left > 0; ) {
            int length = (int) Math.min(left, CHUNK_BYTES);
            volume.read(offset, chunk.clear().limit(length));
            chunk.flip();
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
            offset += length;
            left -= length;
        }
    }

    /** Writes what is sent; if that is everything, the rest of the volume becomes zero. */
    void write(OptionalLong from, Call call) throws BackendException, IOException {
        long offset = from.orElse(0);
        checkRange(volume, offset, call.bodyBytes().orElse(0));
        InputStream input = call.input();
        ReadableByteChannel channel = Channels.newChannel(input);
        while (fill(channel, offset)) {
            checkRange(volume, offset, chunk.limit());
            store(offset);
            offset += chunk.limit();
        }
        if (from.isEmpty()) {
            volume.writeZeroes(offset, volume.sizeBytes() - offset);
        }
    }

    /** Fills up to where the next block of the volume begins. */
    private boolean fill(ReadableByteChannel channel, long offset) throws IOException {
        chunk.clear().limit(CHUNK_BYTES - (int) (offset % BLOCK_BYTES));
        while (chunk.hasRemaining() && channel.read(chunk) >= 0) {
            // A connection gives what it has.
        }
        return chunk.flip().hasRemaining();
    }

    private void store(long offset) throws BackendException {
        int at = 0;
        while (at < chunk.limit()) {
            int end = blockEnd(at, offset);
            boolean zero = isZero(at, end);
            while (end < chunk.limit() && isZero(end, blockEnd(end, offset)) == zero) {
                end = blockEnd(end, offset);
            }
            if (zero) {
                volume.writeZeroes(offset + at, end - at);
            } else {
                volume.write(offset + at, chunk.slice(at, end - at));
            }
            at = end;
        }
    }

    private int blockEnd(int at, long offset) {
        long inBlock = (offset + at) % BLOCK_BYTES;
        return (int) Math.min(chunk.limit(), at + BLOCK_BYTES - inBlock);
    }

    private boolean isZero(int at, int end) {
        return chunk.slice(at, end - at).mismatch(ZEROES.slice(0, end - at)) < 0;
    }
}
