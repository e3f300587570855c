package org.dbstore.backend.format;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * First block of a mirror extent. Mirror extent m holds, behind it, copies of the metadata blocks
 * 255 m to 255 m + 254, counted from the beginning of the device.
 *
 * <pre>
 *   0    8    "DBSMIRR1"
 *   8    16   UUID of the device, big-endian
 *   24   u32  m
 *   28   u32  CRC32C of the block, with this field zero
 *   32   -    zero
 *   64   u32  CRC32C of each metadata block, 255 times
 *   1084 -    zero
 * </pre>
 *
 * @param device whose it is
 * @param index m
 * @param checksums of the metadata blocks
 */
@SuppressWarnings("ArrayRecordComponent") // only handed over
public record MirrorHeader(UUID device, int index, int[] checksums) {
    /** Metadata blocks that an extent mirrors. */
    public static final int BLOCKS = Geometry.EXTENT_BLOCKS - 1;

    private static final long MAGIC = 0x31525249_4d534244L; // "DBSMIRR1"
    private static final int CHECKSUM = 28;
    private static final int CHECKSUMS = 64;

    /**
     * Writes the whole block.
     *
     * @param block little-endian, 4096 bytes
     */
    public void write(ByteBuffer block) {
        block.put(0, new byte[Geometry.BLOCK_BYTES]);
        block.putLong(0, MAGIC);
        ByteBuffer uuid = block.slice(8, 16).order(ByteOrder.BIG_ENDIAN);
        uuid.putLong(0, device.getMostSignificantBits());
        uuid.putLong(8, device.getLeastSignificantBits());
        block.putInt(24, index);
        for (int i = 0; i < BLOCKS; i++) {
            block.putInt(CHECKSUMS + i * Integer.BYTES, checksums[i]);
        }
        block.putInt(CHECKSUM, checksum(block.slice(0, Geometry.BLOCK_BYTES)));
    }

    /**
     * Reads a block.
     *
     * @param block little-endian, 4096 bytes
     * @return null if it is no header, or a damaged one
     */
    public static @Nullable MirrorHeader read(ByteBuffer block) {
        ByteBuffer copy = ByteBuffer.allocate(Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(0, block, 0, Geometry.BLOCK_BYTES);
        int expected = copy.getInt(CHECKSUM);
        copy.putInt(CHECKSUM, 0);
        if (copy.getLong(0) != MAGIC || expected != checksum(copy)) {
            return null;
        }
        ByteBuffer uuid = copy.slice(8, 16).order(ByteOrder.BIG_ENDIAN);
        int[] checksums = new int[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            checksums[i] = copy.getInt(CHECKSUMS + i * Integer.BYTES);
        }
        return new MirrorHeader(
                new UUID(uuid.getLong(0), uuid.getLong(8)), copy.getInt(24), checksums);
    }

    /**
     * Computes what {@link #checksums} has.
     *
     * @param block 4096 bytes from its beginning; untouched
     * @return CRC32C
     */
    public static int checksum(ByteBuffer block) {
        CRC32C checksum = new CRC32C();
        checksum.update(block.slice(0, Geometry.BLOCK_BYTES));
        return (int) checksum.getValue();
    }
}
