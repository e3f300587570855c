package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Says in the superblock that layers may have several children. The version is another then, so
 * that the original, whose chains never share a layer, leaves the device alone.
 *
 * <pre>
 *   52   u32  features, bit 1 = branched
 *   56   u32  zero
 *   60   u32  CRC32C of bytes 24..59
 * </pre>
 */
public final class BranchMark {
    /** Version of a device with branches. */
    public static final int VERSION = 0x00010001;

    private static final int FEATURES = 52;
    private static final int CHECKSUM = 60;
    private static final int BRANCHED = 2;

    private BranchMark() {}

    /**
     * Tells whether the mark is set.
     *
     * @param block superblock, little-endian
     * @return true if so
     */
    public static boolean isSet(ByteBuffer block) {
        return block.getInt(8) == VERSION
                && block.getInt(CHECKSUM) == checksum(block)
                && (block.getInt(FEATURES) & BRANCHED) != 0;
    }

    /**
     * Writes identity and mark.
     *
     * @param block superblock, little-endian
     * @param deviceId identity of the device
     * @param branched whether the mark is set
     */
    public static void write(ByteBuffer block, UUID deviceId, boolean branched) {
        new Superblock(
                        branched ? VERSION : Superblock.VERSION,
                        0,
                        0,
                        java.util.Optional.of(deviceId))
                .write(block);
        block.putInt(FEATURES, branched ? BRANCHED : 0);
        block.putInt(CHECKSUM, branched ? checksum(block) : 0);
    }

    private static int checksum(ByteBuffer block) {
        CRC32C checksum = new CRC32C();
        checksum.update(block.slice(Superblock.IDENTITY, CHECKSUM - Superblock.IDENTITY));
        return (int) checksum.getValue();
    }
}
