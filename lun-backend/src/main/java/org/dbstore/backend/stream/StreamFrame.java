package org.dbstore.backend.stream;

import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The first 32 bytes of a frame (docs/stream-format.md).
 *
 * @param kind what the frame says
 * @param offset first byte in the volume
 * @param lengthBytes of the range in the volume; of {@link Kind#END} the number of frames before
 * @param payloadCrc CRC32C of what follows
 */
record StreamFrame(Kind kind, long offset, long lengthBytes, int payloadCrc) {
    /** What a frame says. */
    enum Kind {
        /** These bytes are there. */
        DATA(1),
        /** Zeroes are there; nothing follows. */
        ZERO(2),
        /** That is all; the digest follows. */
        END(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** Returns what stands for it in the stream. */
        byte code() {
            return (byte) code;
        }
    }

    static final int BYTES = 32;

    /** Most bytes of data in one frame. */
    static final int PAYLOAD_BYTES_MAX = 1 << 20;

    private static final int MAGIC = 0x4d415246; // "FRAM"
    private static final int CRC = BYTES - Integer.BYTES;

    static StreamFrame of(Kind kind, long offset, long lengthBytes, ByteBuffer payload) {
        return new StreamFrame(kind, offset, lengthBytes, crc(payload));
    }

    /** Number of bytes that follow. */
    int payloadBytes() {
        return switch (kind) {
            case DATA -> (int) lengthBytes;
            case ZERO -> 0;
            case END -> StreamDigest.BYTES;
        };
    }

    void write(ByteBuffer frame) {
        frame.clear().order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(MAGIC).put(kind.code()).put(new byte[3]);
        frame.putLong(offset).putLong(lengthBytes).putInt(payloadCrc);
        frame.putInt(crc(frame.slice(0, CRC))).flip();
    }

    /**
     * Reads the header of a frame.
     *
     * @param bytes 32 of them, from position 0
     * @param from offset behind the frame before
     * @param sizeBytes of the volume
     * @throws StreamException if it is damaged or cannot be at this place
     */
    static StreamFrame read(ByteBuffer bytes, long from, long sizeBytes) throws StreamException {
        ByteBuffer frame = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int code = frame.get(4);
        if (frame.getInt(0) != MAGIC
                || frame.getInt(CRC) != crc(frame.slice(0, CRC))
                || code < 1
                || code > Kind.values().length) {
            throw new StreamException(
                    "the stream is damaged behind byte " + from + " of the volume");
        }
        StreamFrame read =
                new StreamFrame(
                        Kind.values()[code - 1],
                        frame.getLong(8),
                        frame.getLong(16),
                        frame.getInt(24));
        if (!read.fits(from, sizeBytes)) {
            throw new StreamException(
                    "the stream has a frame at byte %d that cannot follow byte %d"
                            .formatted(read.offset, from));
        }
        return read;
    }

    private boolean fits(long from, long sizeBytes) {
        if (kind == Kind.END) {
            return offset == sizeBytes;
        }
        return offset >= from
                && offset <= sizeBytes
                && lengthBytes > 0
                && lengthBytes <= sizeBytes - offset
                && (offset | lengthBytes) % Geometry.BLOCK_BYTES == 0
                && (kind == Kind.ZERO || lengthBytes <= PAYLOAD_BYTES_MAX);
    }

    void check(ByteBuffer payload) throws StreamException {
        if (crc(payload) != payloadCrc) {
            throw new StreamException("the stream is damaged at byte " + offset + " of the volume");
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
