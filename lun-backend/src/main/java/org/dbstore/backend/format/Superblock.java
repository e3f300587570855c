package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The first block of a device.
 *
 * <pre>
 *   0    8    magic "DBS@393!"
 *   8    u32  version, 0x00010000 = "1.0.0"
 *   12   u32  AllocatedDeviceExtents: entries at or above were never acknowledged
 *   16   u64  DeviceSize in bytes
 *   24   8    "DBSIDENT"                      \  our identity of the device: the original
 *   32   16   UUID, big-endian                 | zeroes it at its next allocation, then
 *   48   u32  CRC32C of bytes 24..47          /  it counts as absent
 *   52   -    zero
 * </pre>
 *
 * @param version raw
 * @param highWaterExtents AllocatedDeviceExtents
 * @param deviceBytes DeviceSize
 * @param identity absent if the bytes do not hold one
 */
public record Superblock(
        int version, long highWaterExtents, long deviceBytes, Optional<UUID> identity) {
    /** Size of the superblock. */
    public static final int BYTES = 4096;

    /** "DBS@393!" read as a little-endian number. */
    public static final long MAGIC = 0x21333933_40534244L;

    /** The only version there is. */
    public static final int VERSION = 0x00010000;

    /** Where AllocatedDeviceExtents lies. */
    public static final int HIGH_WATER = 12;

    /** Where the identity lies. */
    public static final int IDENTITY = 24;

    /** Length of the identity. */
    public static final int IDENTITY_BYTES = 28;

    private static final long IDENTITY_MAGIC = 0x544e4544_49534244L; // "DBSIDENT"

    /**
     * Tells whether a block is a superblock of any version.
     *
     * @param block little-endian, at least 24 bytes
     * @return true if it has the magic
     */
    public static boolean hasMagic(ByteBuffer block) {
        return block.getLong(0) == MAGIC;
    }

    /**
     * Reads a block that has the magic.
     *
     * @param block little-endian, 4096 bytes
     * @return the superblock
     */
    public static Superblock read(ByteBuffer block) {
        Optional<UUID> identity = Optional.empty();
        if (block.getLong(IDENTITY) == IDENTITY_MAGIC
                && block.getInt(IDENTITY + 24) == identityChecksum(block)) {
            ByteBuffer uuid = block.slice(IDENTITY + 8, 16).order(ByteOrder.BIG_ENDIAN);
            identity = Optional.of(new UUID(uuid.getLong(0), uuid.getLong(8)));
        }
        return new Superblock(
                block.getInt(8),
                Integer.toUnsignedLong(block.getInt(HIGH_WATER)),
                block.getLong(16),
                identity);
    }

    /**
     * Writes the whole block.
     *
     * @param block little-endian, 4096 bytes
     */
    public void write(ByteBuffer block) {
        block.put(0, new byte[BYTES]);
        block.putLong(0, MAGIC);
        block.putInt(8, version);
        block.putInt(HIGH_WATER, (int) highWaterExtents);
        block.putLong(16, deviceBytes);
        identity.ifPresent(uuid -> writeIdentity(block, uuid));
    }

    private static void writeIdentity(ByteBuffer block, UUID uuid) {
        block.putLong(IDENTITY, IDENTITY_MAGIC);
        ByteBuffer field = block.slice(IDENTITY + 8, 16).order(ByteOrder.BIG_ENDIAN);
        field.putLong(0, uuid.getMostSignificantBits());
        field.putLong(8, uuid.getLeastSignificantBits());
        block.putInt(IDENTITY + 24, identityChecksum(block));
    }

    /**
     * Names a version as the original does.
     *
     * @param version raw
     * @return "major.minor.patch"
     */
    public static String versionName(int version) {
        return (version >>> 16) + "." + (version >>> 8 & 0xff) + "." + (version & 0xff);
    }

    private static int identityChecksum(ByteBuffer block) {
        CRC32C checksum = new CRC32C();
        checksum.update(block.slice(IDENTITY, 24));
        return (int) checksum.getValue();
    }
}
