package org.dbstore.backend.stream;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The digest of a stream, as a chain: after each frame the SHA-256 of what it was before, the
 * frame's header and its payload. So it can be gone on with at any frame, by whoever knows it.
 */
final class StreamDigest {
    static final int BYTES = 32;

    private final MessageDigest sha256;
    private byte[] value;

    private StreamDigest(byte[] value) {
        this.sha256 = newSha256();
        this.value = value;
    }

    /** The digest of a stream of which only the header is there. */
    static StreamDigest beginning(StreamHeader header) {
        MessageDigest sha256 = newSha256();
        sha256.update(header.writeBeginning());
        return new StreamDigest(sha256.digest());
    }

    static StreamDigest at(StreamToken token) {
        return new StreamDigest(token.digest().bytes());
    }

    /** Adds a frame; the positions of the buffers do not move. */
    void add(ByteBuffer frameHeader, ByteBuffer payload) {
        sha256.update(value);
        sha256.update(frameHeader.duplicate());
        sha256.update(payload.duplicate());
        value = sha256.digest();
    }

    StreamToken.Digest value() {
        return new StreamToken.Digest(value);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
