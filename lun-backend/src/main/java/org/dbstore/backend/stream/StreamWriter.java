package org.dbstore.backend.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** Writes the frames of a stream. */
final class StreamWriter {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final StreamHeader header;
    private final WritableByteChannel output;
    private final StreamDigest digest;
    private final ByteBuffer frame = ByteBuffer.allocateDirect(StreamFrame.BYTES);
    private long frames;

    /** Prepares a writer; {@code from} is where an interrupted stream is gone on with. */
    StreamWriter(StreamHeader header, Optional<StreamToken> from, WritableByteChannel output) {
        this.header = header;
        this.output = output;
        this.digest = from.map(StreamDigest::at).orElseGet(() -> StreamDigest.beginning(header));
        this.frames = from.map(StreamToken::frames).orElse(0L);
    }

    void begin() throws IOException {
        writeFully(header.write());
    }

    void data(long offset, ByteBuffer payload) throws IOException {
        write(StreamFrame.of(StreamFrame.Kind.DATA, offset, payload.remaining(), payload), payload);
    }

    void zero(long offset, long lengthBytes) throws IOException {
        write(StreamFrame.of(StreamFrame.Kind.ZERO, offset, lengthBytes, NOTHING), NOTHING);
    }

    void end() throws IOException {
        ByteBuffer payload = ByteBuffer.allocateDirect(StreamDigest.BYTES);
        payload.put(digest.value().bytes()).flip();
        write(StreamFrame.of(StreamFrame.Kind.END, header.sizeBytes(), frames, payload), payload);
    }

    private void write(StreamFrame next, ByteBuffer payload) throws IOException {
        next.write(frame);
        digest.add(frame, payload);
        writeFully(frame);
        writeFully(payload.duplicate());
        frames++;
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            output.write(bytes);
        }
    }
}
