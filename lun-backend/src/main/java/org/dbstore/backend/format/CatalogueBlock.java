package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A block of the catalogue: eight slots for parts of records.
 *
 * <pre>
 *   0    4        magic "DBSC"
 *   4    u32      CRC32C of the block's number in the catalogue (u32) and of bytes 8..4095
 *   8    u64      sequence, above 0, one more with each change
 *   16   16       UUID of the device, big-endian
 *   32   8 x 508  slots, see {@link CataloguePart}
 * </pre>
 *
 * The number is in the checksum, so a block that was written to another's place is no block. One of
 * zeroes was never written.
 */
public final class CatalogueBlock {
    /** Size of a block. */
    public static final int BYTES = 4096;

    /** Slots in a block. */
    public static final int SLOTS = 8;

    /** Size of a slot. */
    static final int SLOT_BYTES = 508;

    private static final int MAGIC = 0x43534244; // "DBSC"
    private static final int CHECKSUM = 4;
    private static final int SEQUENCE = 8;
    private static final int DEVICE_ID = 16;
    private static final int FIRST_SLOT = BYTES - SLOTS * SLOT_BYTES;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(BYTES).asReadOnlyBuffer();

    private CatalogueBlock() {}

    /**
     * Tells whether a block was never written.
     *
     * @param block 4096 bytes
     * @return true if it is all zero
     */
    public static boolean isEmpty(ByteBuffer block) {
        return block.slice(0, BYTES).mismatch(EMPTY) < 0;
    }

    /**
     * Tells whether a block is what was written to this place.
     *
     * @param block little-endian, 4096 bytes
     * @param number of the block in the catalogue
     * @return false if a bit of it is wrong
     */
    public static boolean isValid(ByteBuffer block, int number) {
        return block.getInt(0) == MAGIC
                && block.getLong(SEQUENCE) != 0
                && block.getInt(CHECKSUM) == checksum(block, number);
    }

    /**
     * Returns the sequence.
     *
     * @param block valid
     * @return the higher of two copies counts
     */
    public static long sequence(ByteBuffer block) {
        return block.getLong(SEQUENCE);
    }

    /**
     * Returns the device that the block is of.
     *
     * @param block valid
     * @return its UUID
     */
    public static UUID deviceId(ByteBuffer block) {
        ByteBuffer uuid = block.slice(DEVICE_ID, 16).order(ByteOrder.BIG_ENDIAN);
        return new UUID(uuid.getLong(0), uuid.getLong(8));
    }

    /**
     * Writes everything but the slots, so that the block is valid with its next sequence.
     *
     * @param block little-endian, 4096 bytes, slots as wanted
     * @param number of the block in the catalogue
     * @param deviceId of the device
     */
    public static void seal(ByteBuffer block, int number, UUID deviceId) {
        block.putInt(0, MAGIC);
        block.putLong(SEQUENCE, block.getLong(SEQUENCE) + 1);
        block.slice(DEVICE_ID, 16)
                .order(ByteOrder.BIG_ENDIAN)
                .putLong(0, deviceId.getMostSignificantBits())
                .putLong(8, deviceId.getLeastSignificantBits());
        block.putInt(CHECKSUM, checksum(block, number));
    }

    /**
     * Returns where a slot is.
     *
     * @param slot 0..7
     * @return its first byte within the block
     */
    static int slotOffset(int slot) {
        return FIRST_SLOT + slot * SLOT_BYTES;
    }

    private static int checksum(ByteBuffer block, int number) {
        CRC32C checksum = new CRC32C();
        checksum.update(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, number));
        checksum.update(block.slice(SEQUENCE, BYTES - SEQUENCE));
        return (int) checksum.getValue();
    }
}
