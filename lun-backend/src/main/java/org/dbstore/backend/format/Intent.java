package org.dbstore.backend.format;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * An entry of the extent table as a commit to come will make it durable, of an extent whose data
 * was handed to the system before. It counts until the journal has that commit, and only in the run
 * of the system in which it was written: no longer is that data sure to be there.
 *
 * <pre>
 *   0    u64  the run: the halves of its id, one xor the other
 *   8    u64  number of the commit
 *   16   u32  extent
 *   20   38   {@link ExtentEntry}
 *   58   -    zero
 *   60   u32  CRC32C of bytes 0..59
 * </pre>
 *
 * @param commit number of the commit, from 1
 * @param extent device extent
 * @param owner snapshot id, 1..65535
 * @param position in the volume, to be read as unsigned
 * @param bitmap four words
 */
@SuppressWarnings("ArrayRecordComponent") // only handed over
public record Intent(long commit, int extent, int owner, int position, long[] bitmap) {
    /** Size of an intent. */
    public static final int BYTES = 64;

    /** Says that there are none any more, though the system runs on. */
    public static final Intent REVOCATION =
            new Intent(Long.MAX_VALUE, -1, 0, 0, new long[BlockBitmap.WORDS]);

    private static final int ENTRY = 20;
    private static final int CHECKSUM = 60;

    /**
     * Writes it.
     *
     * @param buffer little-endian; receives {@link #BYTES} from its beginning
     * @param run of the system
     */
    public void write(ByteBuffer buffer, UUID run) {
        buffer.putLong(0, number(run));
        buffer.putLong(8, commit);
        buffer.putInt(16, extent);
        ExtentEntry.write(buffer, ENTRY, owner, position, bitmap, 0);
        buffer.putShort(ENTRY + ExtentEntry.BYTES, (short) 0);
        buffer.putInt(CHECKSUM, checksum(buffer, 0));
    }

    /**
     * Reads what may be an intent.
     *
     * @param buffer little-endian
     * @param at its first byte
     * @param run of the system in which it counts
     * @return null if there is none, or one of another run
     */
    public static @Nullable Intent read(ByteBuffer buffer, int at, UUID run) {
        if (buffer.getLong(at) != number(run)
                || buffer.getInt(at + CHECKSUM) != checksum(buffer, at)) {
            return null;
        }
        long[] bitmap = new long[BlockBitmap.WORDS];
        ExtentEntry.readBitmap(buffer, at + ENTRY, bitmap, 0);
        return new Intent(
                buffer.getLong(at + 8),
                buffer.getInt(at + 16),
                ExtentEntry.owner(buffer, at + ENTRY),
                ExtentEntry.position(buffer, at + ENTRY),
                bitmap);
    }

    /**
     * Tells whether it is the {@link #REVOCATION}.
     *
     * @return true if it stands for no entry
     */
    public boolean isRevocation() {
        return commit == REVOCATION.commit;
    }

    private static long number(UUID run) {
        return run.getMostSignificantBits() ^ run.getLeastSignificantBits();
    }

    private static int checksum(ByteBuffer buffer, int at) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.slice(at, CHECKSUM));
        return (int) checksum.getValue();
    }
}
