package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

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
 *   48   u32  CRC32 of bytes 24..47           /  it counts as absent
 *   52   u32  features                        \  absent on devices without a journal
 *   56   u32  CRC32 of bytes 24..55           /
 *   64   -    {@link ReservedExtents}
 * </pre>
 *
 * While a device with a journal is open its version is 1.0.1, which the original refuses: what the
 * tables say is not true before the journal is replayed. A clean close makes it 1.0.0 again, except
 * where layers are shared among volumes, which the original does not understand.
 *
 * @param version raw
 * @param highWaterExtents AllocatedDeviceExtents
 * @param deviceBytes DeviceSize
 * @param identity absent if the bytes do not hold one
 * @param features bits; 0 if the bytes do not hold any
 */
public record Superblock(
        int version,
        long highWaterExtents,
        long deviceBytes,
        Optional<UUID> identity,
        int features) {
    /** Size of the superblock. */
    public static final int BYTES = 4096;

    /** "DBS@393!" read as a little-endian number. */
    public static final long MAGIC = 0x21333933_40534244L;

    /** The only version that the original knows. */
    public static final int VERSION = 0x00010000;

    /** Version of a device that only this engine may read. */
    public static final int VERSION_GUARDED = 0x00010001;

    /** While a dump of the metadata is put back: nobody opens the device. */
    private static final int VERSION_RESTORING = 0x000100ff;

    /** Feature: open, or not closed cleanly; the journal counts. */
    public static final int OPEN = 1;

    /** Feature: a layer may have several children. */
    public static final int BRANCHED = 2;

    private static final int KNOWN_FEATURES = OPEN | BRANCHED;

    /** The part of the block that {@link #write} fills. */
    public static final int HEAD_BYTES = 64;

    /** Where the version lies. */
    public static final int VERSION_FIELD = 8;

    /** Where AllocatedDeviceExtents lies. */
    public static final int HIGH_WATER = 12;

    /** Where the identity lies. */
    public static final int IDENTITY = 24;

    /** Where the features lie. */
    public static final int FEATURES = 52;

    /** Length of the identity. */
    public static final int IDENTITY_BYTES = 28;

    private static final long IDENTITY_MAGIC = 0x544e4544_49534244L; // "DBSIDENT"

    /**
     * Describes a device without features.
     *
     * @param version raw
     * @param highWaterExtents AllocatedDeviceExtents
     * @param deviceBytes DeviceSize
     * @param identity absent if the bytes do not hold one
     */
    public Superblock(
            int version, long highWaterExtents, long deviceBytes, Optional<UUID> identity) {
        this(version, highWaterExtents, deviceBytes, identity, 0);
    }

    /**
     * Returns the superblock with other features, and the version that belongs to them.
     *
     * @param newFeatures bits
     * @return guarded if there are any
     */
    public Superblock withFeatures(int newFeatures) {
        return new Superblock(
                newFeatures == 0 ? VERSION : VERSION_GUARDED,
                highWaterExtents,
                deviceBytes,
                identity,
                newFeatures);
    }

    /**
     * Returns the superblock with another high-water mark.
     *
     * @param extents AllocatedDeviceExtents
     * @return otherwise the same
     */
    public Superblock withHighWater(long extents) {
        return new Superblock(version, extents, deviceBytes, identity, features);
    }

    /**
     * Returns the superblock with another identity.
     *
     * @param device UUID
     * @return otherwise the same
     */
    public Superblock withIdentity(UUID device) {
        return new Superblock(
                version, highWaterExtents, deviceBytes, Optional.of(device), features);
    }

    /**
     * Tells whether the device was not closed cleanly, or is open now.
     *
     * @return true if its journal counts
     */
    public boolean isOpen() {
        return version == VERSION_GUARDED && (features & OPEN) != 0;
    }

    /**
     * Tells whether layers may be shared.
     *
     * @return true if a layer may have several children
     */
    public boolean isBranched() {
        return version == VERSION_GUARDED && (features & BRANCHED) != 0;
    }

    /**
     * Returns the features that only a newer program knows.
     *
     * @return bits; 0 if there are none
     */
    public int unknownFeatures() {
        return features & ~KNOWN_FEATURES;
    }

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
     * Tells whether a restore of the metadata was begun and not ended.
     *
     * @param block little-endian, 4096 bytes
     * @return true if so
     */
    public static boolean isRestoring(ByteBuffer block) {
        return hasMagic(block) && block.getInt(VERSION_FIELD) == VERSION_RESTORING;
    }

    /**
     * Says in a superblock that a restore of the metadata is under way.
     *
     * @param block little-endian, 4096 bytes; gets another version, of which nobody knows
     */
    public static void writeRestoring(ByteBuffer block) {
        block.putInt(VERSION_FIELD, VERSION_RESTORING);
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
                && FieldSeal.matches(identityFields(block), block.getInt(IDENTITY + 24))) {
            ByteBuffer uuid = block.slice(IDENTITY + 8, 16).order(ByteOrder.BIG_ENDIAN);
            identity = Optional.of(new UUID(uuid.getLong(0), uuid.getLong(8)));
        }
        boolean featured =
                identity.isPresent()
                        && FieldSeal.matches(featureFields(block), block.getInt(FEATURES + 4));
        return new Superblock(
                block.getInt(VERSION_FIELD),
                Integer.toUnsignedLong(block.getInt(HIGH_WATER)),
                block.getLong(16),
                identity,
                featured ? block.getInt(FEATURES) : 0);
    }

    /**
     * Writes all but {@link ReservedExtents}.
     *
     * @param block little-endian, {@link #HEAD_BYTES} or more
     */
    public void write(ByteBuffer block) {
        block.put(0, new byte[HEAD_BYTES]);
        block.putLong(0, MAGIC);
        block.putInt(VERSION_FIELD, version);
        block.putInt(HIGH_WATER, (int) highWaterExtents);
        block.putLong(16, deviceBytes);
        identity.ifPresent(uuid -> writeIdentity(block, uuid));
        if (features != 0) {
            block.putInt(FEATURES, features);
            block.putInt(FEATURES + 4, FieldSeal.of(featureFields(block)));
        }
    }

    private static void writeIdentity(ByteBuffer block, UUID uuid) {
        block.putLong(IDENTITY, IDENTITY_MAGIC);
        ByteBuffer field = block.slice(IDENTITY + 8, 16).order(ByteOrder.BIG_ENDIAN);
        field.putLong(0, uuid.getMostSignificantBits());
        field.putLong(8, uuid.getLeastSignificantBits());
        block.putInt(IDENTITY + 24, FieldSeal.of(identityFields(block)));
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

    private static ByteBuffer featureFields(ByteBuffer block) {
        return block.slice(IDENTITY, FEATURES + 4 - IDENTITY);
    }

    private static ByteBuffer identityFields(ByteBuffer block) {
        return block.slice(IDENTITY, 24);
    }
}
