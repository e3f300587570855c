package org.dbstore.server.admin.client;

import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.stream.StreamReader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Passes a stream on while it is checked: what was cut off or damaged on its way is noticed. */
final class StreamTee implements ReadableByteChannel {
    private final ReadableByteChannel input;
    private final WritableByteChannel output;
    private long skippedBytes;
    private boolean outputFailed;

    /**
     * Prepares to pass on.
     *
     * @param input from the first byte of a stream
     * @param output gets all but the first {@code skippedBytes}
     */
    StreamTee(ReadableByteChannel input, WritableByteChannel output, long skippedBytes) {
        this.input = input;
        this.output = output;
        this.skippedBytes = skippedBytes;
    }

    /**
     * Passes everything on.
     *
     * @return bytes of contents
     */
    long pass(ProgressListener progress) throws IOException {
        StreamReader reader = new StreamReader(this);
        long sizeBytes = reader.header().sizeBytes();
        while (reader.skip()) {
            progress.progress(reader.token().offset(), sizeBytes);
        }
        progress.progress(sizeBytes, sizeBytes);
        return reader.contentBytes();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int from = target.position();
        int length = input.read(target);
        if (length > 0) {
            int skipped = (int) Math.min(skippedBytes, length);
            skippedBytes -= skipped;
            ByteBuffer passed = target.slice(from + skipped, length - skipped);
            pass(passed);
        }
        return length;
    }

    private void pass(ByteBuffer passed) throws IOException {
        outputFailed = true;
        while (passed.hasRemaining()) {
            output.write(passed);
        }
        outputFailed = false;
    }

    /** Tells whether it was the output that took no more. */
    boolean outputFailed() {
        return outputFailed;
    }

    @Override
    public boolean isOpen() {
        return input.isOpen();
    }

    /** Neither side is this one's. */
    @Override
    public void close() {}
}
