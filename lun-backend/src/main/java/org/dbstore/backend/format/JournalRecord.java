package org.dbstore.backend.format;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A record of the journal: images of whole metadata blocks that become true together.
 *
 * <pre>
 *   0    8    "DBSJRNL1"
 *   8    u64  sequence, one more than the record before
 *   16   16   UUID of the device, big-endian
 *   32   u64  start: sequence of the first record of this half
 *   40   u32  n, the number of images
 *   44   u32  CRC32C of header and images, with this field zero
 *   48   u64  number of the last commit that is whole with this record, 0 = none
 *   56   -    zero
 *   64   u64  number on the device of each block, n times; zero up to 4096
 *   4096      the images, 4096 bytes each
 * </pre>
 *
 * @param sequence counts from 1
 * @param start of the half that it lies in
 * @param commit number of the last commit that is whole with it; intents of later ones count
 * @param device whose it is
 * @param blocks numbers on the device, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // only handed over
public record JournalRecord(long sequence, long start, long commit, UUID device, long[] blocks) {
    /** Size of a block, of the header and of each image. */
    public static final int BLOCK_BYTES = Geometry.BLOCK_BYTES;

    /** The journal is one extent of two halves, written alternately. */
    public static final int HALF_BLOCKS = Geometry.EXTENT_BLOCKS / 2;

    /** A record fits into a half. */
    public static final int IMAGES_MAX = HALF_BLOCKS - 1;

    private static final long MAGIC = 0x314c4e52_4a534244L; // "DBSJRNL1"
    private static final int CHECKSUM = 44;
    private static final int BLOCKS = 64;

    /**
     * Returns how many blocks the record takes.
     *
     * @return 1 for the header and one for each image
     */
    public int lengthBlocks() {
        return 1 + blocks.length;
    }

    /**
     * Writes the header before the images, which are there already.
     *
     * @param buffer little-endian; from byte 0 to its limit the record
     */
    public void writeHeader(ByteBuffer buffer) {
        buffer.put(0, new byte[BLOCK_BYTES]);
        buffer.putLong(0, MAGIC);
        buffer.putLong(8, sequence);
        ByteBuffer uuid = buffer.slice(16, 16).order(ByteOrder.BIG_ENDIAN);
        uuid.putLong(0, device.getMostSignificantBits());
        uuid.putLong(8, device.getLeastSignificantBits());
        buffer.putLong(32, start);
        buffer.putInt(40, blocks.length);
        buffer.putLong(48, commit);
        for (int i = 0; i < blocks.length; i++) {
            buffer.putLong(BLOCKS + i * Long.BYTES, blocks[i]);
        }
        buffer.putInt(CHECKSUM, checksum(buffer, 0, lengthBlocks()));
    }

    /**
     * Tells how long the record is that may begin with a block.
     *
     * @param block little-endian, 4096 bytes
     * @return blocks with the header; 0 if none begins there
     */
    public static int announcedBlocks(ByteBuffer block) {
        int count = block.getInt(40);
        return block.getLong(0) == MAGIC && count >= 0 && count < HALF_BLOCKS ? 1 + count : 0;
    }

    /**
     * Reads a record.
     *
     * @param half little-endian; one half of the journal
     * @param at block of it, 0..127
     * @return null if no whole record begins there
     */
    public static @Nullable JournalRecord read(ByteBuffer half, int at) {
        int base = at * BLOCK_BYTES;
        int count = half.getInt(base + 40);
        if (half.getLong(base) != MAGIC || count < 0 || count > HALF_BLOCKS - at - 1) {
            return null;
        }
        if (half.getInt(base + CHECKSUM) != checksum(half, base, 1 + count)) {
            return null;
        }
        ByteBuffer uuid = half.slice(base + 16, 16).order(ByteOrder.BIG_ENDIAN);
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = half.getLong(base + BLOCKS + i * Long.BYTES);
        }
        return new JournalRecord(
                half.getLong(base + 8),
                half.getLong(base + 32),
                half.getLong(base + 48),
                new UUID(uuid.getLong(0), uuid.getLong(8)),
                blocks);
    }

    private static int checksum(ByteBuffer buffer, int base, int lengthBlocks) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.slice(base, CHECKSUM));
        checksum.update(new byte[Integer.BYTES]);
        int rest = CHECKSUM + Integer.BYTES;
        checksum.update(buffer.slice(base + rest, lengthBlocks * BLOCK_BYTES - rest));
        return (int) checksum.getValue();
    }
}
