package org.dbstore.backend.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.backend.format.Geometry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The first 1024 bytes of a stream (docs/stream-format.md): what it carries.
 *
 * @param volume identity of the volume
 * @param snapshot identity of the snapshot
 * @param base identity of the snapshot that it is based on; {@link StreamToken#NO_BASE} if none
 * @param sizeBytes of the snapshot
 * @param createdAt when the snapshot was taken
 * @param volumeName for people
 * @param snapshotName empty if it has none
 * @param continued where an interrupted stream is gone on with; empty at its beginning
 */
public record StreamHeader(
        UUID volume,
        UUID snapshot,
        UUID base,
        long sizeBytes,
        Instant createdAt,
        String volumeName,
        String snapshotName,
        Optional<StreamToken> continued) {
    /** Length on the wire. */
    public static final int BYTES = 1024;

    private static final byte[] MAGIC = "DBSTREAM".getBytes(UTF_8);
    private static final short VERSION = 1;
    private static final short FLAG_CONTINUED = 1;
    private static final int UUIDS = 24;
    private static final int CONTINUED = 80;
    private static final int NAMES = 128;
    private static final int NAME_BYTES = 256;
    private static final int CRC = BYTES - Integer.BYTES;

    /**
     * Tells whether the stream can only follow another.
     *
     * @return true if it has a base
     */
    public boolean isIncremental() {
        return !base.equals(StreamToken.NO_BASE);
    }

    /**
     * Tells whether bytes look like the beginning of a stream.
     *
     * @param beginning of a file, from position to limit
     * @return true if the magic is there
     */
    public static boolean isStream(ByteBuffer beginning) {
        return beginning.remaining() >= MAGIC.length
                && beginning
                                .slice(beginning.position(), MAGIC.length)
                                .mismatch(ByteBuffer.wrap(MAGIC))
                        < 0;
    }

    /** Returns the bytes of the header, from position 0 to the limit. */
    ByteBuffer write() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, MAGIC);
        bytes.putShort(8, VERSION);
        bytes.putShort(10, continued.isPresent() ? FLAG_CONTINUED : 0);
        bytes.putInt(12, Geometry.BLOCK_BYTES);
        bytes.putLong(16, sizeBytes);
        putUuid(bytes, UUIDS, volume);
        putUuid(bytes, UUIDS + 16, snapshot);
        putUuid(bytes, UUIDS + 32, base);
        bytes.putLong(72, createdAt.toEpochMilli());
        if (continued.isPresent()) {
            bytes.putLong(CONTINUED, continued.get().frames());
            bytes.putLong(CONTINUED + 8, continued.get().offset());
            bytes.put(CONTINUED + 16, continued.get().digest().bytes());
        }
        putName(bytes, NAMES, volumeName);
        putName(bytes, NAMES + NAME_BYTES, snapshotName);
        bytes.putInt(CRC, crc(bytes));
        return bytes;
    }

    /** Returns the bytes that the digest of the whole stream begins with. */
    ByteBuffer writeBeginning() {
        return new StreamHeader(
                        volume,
                        snapshot,
                        base,
                        sizeBytes,
                        createdAt,
                        volumeName,
                        snapshotName,
                        Optional.empty())
                .write();
    }

    /**
     * Reads a header.
     *
     * @param bytes 1024 of them, from position 0
     * @throws StreamException if it is none, is damaged, or of another version
     */
    static StreamHeader read(ByteBuffer bytes) throws StreamException {
        ByteBuffer header = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (!isStream(header)) {
            throw new StreamException("the input is no stream of a snapshot");
        }
        if (header.getShort(8) != VERSION) {
            throw new StreamException("the stream has format version " + header.getShort(8));
        }
        if (header.getInt(CRC) != crc(header)) {
            throw new StreamException("the header of the stream is damaged");
        }
        long size = header.getLong(16);
        if (header.getInt(12) != Geometry.BLOCK_BYTES
                || size <= 0
                || size > Geometry.VOLUME_BYTES_MAX
                || size % Geometry.EXTENT_BYTES != 0) {
            throw new StreamException("the stream is of a volume that cannot be here");
        }
        UUID snapshot = uuid(header, UUIDS + 16);
        UUID base = uuid(header, UUIDS + 32);
        return new StreamHeader(
                uuid(header, UUIDS),
                snapshot,
                base,
                size,
                Instant.ofEpochMilli(header.getLong(72)),
                name(header, NAMES),
                name(header, NAMES + NAME_BYTES),
                continued(header, snapshot, base));
    }

    private static Optional<StreamToken> continued(ByteBuffer header, UUID snapshot, UUID base) {
        if ((header.getShort(10) & FLAG_CONTINUED) == 0) {
            return Optional.empty();
        }
        byte[] digest = new byte[StreamDigest.BYTES];
        header.get(CONTINUED + 16, digest);
        return Optional.of(
                new StreamToken(
                        snapshot,
                        base,
                        header.getLong(CONTINUED),
                        header.getLong(CONTINUED + 8),
                        new StreamToken.Digest(digest)));
    }

    private static int crc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, CRC));
        return (int) crc.getValue();
    }

    private static void putUuid(ByteBuffer bytes, int at, UUID uuid) {
        ByteBuffer field = bytes.slice(at, 16).order(ByteOrder.BIG_ENDIAN);
        field.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer bytes, int at) {
        ByteBuffer field = bytes.slice(at, 16).order(ByteOrder.BIG_ENDIAN);
        return new UUID(field.getLong(), field.getLong());
    }

    private static void putName(ByteBuffer bytes, int at, String name) {
        byte[] encoded = name.getBytes(UTF_8);
        bytes.put(at, encoded, 0, Math.min(encoded.length, NAME_BYTES - 1));
    }

    private static String name(ByteBuffer bytes, int at) {
        byte[] field = new byte[NAME_BYTES];
        bytes.get(at, field);
        int length = 0;
        while (length < NAME_BYTES && field[length] != 0) {
            length++;
        }
        return new String(field, 0, length, UTF_8);
    }
}
