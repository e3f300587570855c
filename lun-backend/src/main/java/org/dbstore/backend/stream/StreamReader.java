package org.dbstore.backend.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** Reads a stream frame by frame and believes nothing that its checksums do not say. */
public final class StreamReader {
    private final ReadableByteChannel input;
    private final StreamHeader header;
    private final StreamDigest digest;
    private final ByteBuffer frameBytes = ByteBuffer.allocateDirect(StreamFrame.BYTES);
    private final ByteBuffer payload = ByteBuffer.allocateDirect(StreamFrame.PAYLOAD_BYTES_MAX);
    private long frames;
    private long offset;
    private long bytesRead;
    private long contentBytes;
    private boolean ended;

    /** One frame that is whole; the payload is valid until the next is read. */
    record Read(StreamFrame frame, ByteBuffer payload) {}

    /**
     * Reads the header.
     *
     * @param input from the stream's first byte; not closed
     * @throws StreamException if there is none
     * @throws IOException if the input cannot be read
     */
    public StreamReader(ReadableByteChannel input) throws IOException {
        this.input = input;
        ByteBuffer bytes = ByteBuffer.allocateDirect(StreamHeader.BYTES);
        fill(bytes);
        this.bytesRead = StreamHeader.BYTES;
        this.header = StreamHeader.read(bytes);
        this.digest =
                header.continued()
                        .map(StreamDigest::at)
                        .orElseGet(() -> StreamDigest.beginning(header));
        this.frames = header.continued().map(StreamToken::frames).orElse(0L);
        this.offset = header.continued().map(StreamToken::offset).orElse(0L);
    }

    /**
     * Returns what the stream carries.
     *
     * @return as it was read
     */
    public StreamHeader header() {
        return header;
    }

    /**
     * Returns how far the stream was read.
     *
     * @return behind the last frame that was whole
     */
    public StreamToken token() {
        return new StreamToken(header.snapshot(), header.base(), frames, offset, digest.value());
    }

    /**
     * Returns how many bytes of the input the header and the whole frames took.
     *
     * @return bytes
     */
    public long bytesRead() {
        return bytesRead;
    }

    /**
     * Returns how many bytes of contents were in the frames that were read.
     *
     * @return bytes
     */
    public long contentBytes() {
        return contentBytes;
    }

    /**
     * Tells whether the end of the stream was read.
     *
     * @return true if all was there, and all as it was written
     */
    public boolean isComplete() {
        return ended;
    }

    /**
     * Passes over the next frame.
     *
     * @return false at the end of the stream
     * @throws StreamException if it is not whole
     * @throws IOException if the input cannot be read
     */
    public boolean skip() throws IOException {
        return next().isPresent();
    }

    /** Reads the next frame; empty behind the end frame, which is checked and not returned. */
    Optional<Read> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        fill(frameBytes.clear());
        StreamFrame frame = StreamFrame.read(frameBytes, offset, header.sizeBytes());
        fill(payload.clear().limit(frame.payloadBytes()));
        frame.check(payload);
        if (frame.kind() == StreamFrame.Kind.END) {
            checkEnd(frame);
            ended = true;
            return Optional.empty();
        }
        digest.add(frameBytes, payload);
        frames++;
        offset = frame.offset() + frame.lengthBytes();
        bytesRead += StreamFrame.BYTES + frame.payloadBytes();
        contentBytes += frame.payloadBytes();
        return Optional.of(new Read(frame, payload));
    }

    private void checkEnd(StreamFrame end) throws StreamException {
        byte[] expected = new byte[StreamDigest.BYTES];
        payload.get(0, expected);
        if (end.lengthBytes() != frames
                || !digest.value().equals(new StreamToken.Digest(expected))) {
            throw new StreamException("the digest of the stream is wrong: frames are missing");
        }
        bytesRead += StreamFrame.BYTES + StreamDigest.BYTES;
    }

    /** Fills a buffer to its limit and turns it to be read. */
    private void fill(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (input.read(bytes) < 0) {
                throw new StreamException("the stream ends too early");
            }
        }
        bytes.flip();
    }
}
