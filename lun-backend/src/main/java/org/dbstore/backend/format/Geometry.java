package org.dbstore.backend.format;

/**
 * Where everything lies on a device of a given size. All in bytes unless the name says otherwise.
 *
 * <p>The original rounds the data offset up and the extent count down by different rules, so that
 * its last extent often lies beyond the end of the device. The offsets are kept exactly, as it
 * computes them anew at every opening; {@link #usableExtents} leaves out what does not fit.
 *
 * @param deviceBytes size of the device as the superblock has it
 */
public record Geometry(long deviceBytes) {
    /** Unit of mapping. */
    public static final int BLOCK_BYTES = 4096;

    /** Unit of allocation, 1 MiB. */
    public static final int EXTENT_BYTES = 1 << 20;

    /** Blocks in an extent. */
    public static final int EXTENT_BLOCKS = EXTENT_BYTES / BLOCK_BYTES;

    /** The original refuses smaller devices. */
    public static final long DEVICE_BYTES_MIN = 100L << 20;

    /** Largest volume: positions are unsigned 32-bit numbers. */
    public static final long VOLUME_BYTES_MAX = 1L << 52;

    /** Slots in the volume table. */
    public static final int VOLUME_COUNT_MAX = 256;

    /** Highest snapshot id, and so the number of snapshots, heads included. */
    public static final int SNAPSHOT_ID_MAX = 65535;

    /** Where the volume table begins. */
    public static final int VOLUME_TABLE = 4096;

    /** Where the snapshot table begins. */
    public static final int SNAPSHOT_TABLE = VOLUME_TABLE + VOLUME_COUNT_MAX * VolumeEntry.BYTES;

    /** Where the extent table begins, on every device. */
    public static final int EXTENT_TABLE = 729088;

    /** Our own limit on the number of extents of a device, 2 PiB of them. */
    private static final long EXTENT_COUNT_MAX = Integer.MAX_VALUE - 8;

    /**
     * Returns the original's number of extents, of which the last may lie beyond the end.
     *
     * @return TotalDeviceExtents
     */
    public long totalExtents() {
        long first = firstEstimate();
        return first - first * ExtentEntry.BYTES / EXTENT_BYTES;
    }

    /**
     * Returns where extent 0 begins.
     *
     * @return a multiple of 1 MiB
     */
    public long dataOffset() {
        return Math.ceilDiv(EXTENT_TABLE + firstEstimate() * ExtentEntry.BYTES, (long) EXTENT_BYTES)
                * EXTENT_BYTES;
    }

    /**
     * Returns how many extents lie wholly on the device: only these are ever allocated.
     *
     * @return at most {@link #totalExtents}
     */
    public int usableExtents() {
        long fitting = Math.max(0, (deviceBytes - dataOffset()) / EXTENT_BYTES);
        return (int) Math.min(Math.min(totalExtents(), fitting), EXTENT_COUNT_MAX);
    }

    /**
     * Returns how many entries the extent table has room for, up to the data.
     *
     * @return at least {@link #totalExtents} on every device that the original accepts
     */
    public int tableCapacity() {
        return (int) Math.min((dataOffset() - EXTENT_TABLE) / ExtentEntry.BYTES, EXTENT_COUNT_MAX);
    }

    /**
     * Returns where an extent's data begins.
     *
     * @param extent index of a device extent
     * @return byte on the device
     */
    public long extentOffset(int extent) {
        return dataOffset() + (long) extent * EXTENT_BYTES;
    }

    /**
     * Returns where an extent's entry is.
     *
     * @param extent index of a device extent
     * @return byte on the device
     */
    public static long extentEntryOffset(int extent) {
        return EXTENT_TABLE + (long) extent * ExtentEntry.BYTES;
    }

    /**
     * Returns where a volume's entry is.
     *
     * @param slot 0..255
     * @return byte on the device
     */
    public static long volumeEntryOffset(int slot) {
        return VOLUME_TABLE + (long) slot * VolumeEntry.BYTES;
    }

    /**
     * Returns where a snapshot's entry is.
     *
     * @param id 1..65535
     * @return byte on the device
     */
    public static long snapshotEntryOffset(int id) {
        return SNAPSHOT_TABLE + (id - 1L) * SnapshotEntry.BYTES;
    }

    private long firstEstimate() {
        return Math.max(0, (deviceBytes - EXTENT_TABLE) / EXTENT_BYTES);
    }
}
