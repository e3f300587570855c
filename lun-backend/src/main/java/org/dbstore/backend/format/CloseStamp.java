package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * Left behind the snapshot table by a clean close. The original zeroes it whenever it writes the
 * volume or snapshot table, so where it is, the tables are as we left them.
 *
 * <pre>
 *   728064   8    "DBSCLOSE"
 *   728072   u64  sequence of the journal's last record
 *   728080   16   UUID of the device, big-endian
 *   728096   u32  CRC32 of the 32 bytes before
 * </pre>
 */
public final class CloseStamp {
    /** Where it lies on the device. */
    public static final int OFFSET = Geometry.EXTENT_TABLE - 1024;

    /** Its length. */
    public static final int BYTES = 36;

    private static final long MAGIC = 0x45534f4c_43534244L; // "DBSCLOSE"

    private CloseStamp() {}

    /**
     * Makes a stamp.
     *
     * @param device whose it is
     * @param sequence of the last record
     * @return little-endian, {@link #BYTES} bytes
     */
    public static ByteBuffer of(UUID device, long sequence) {
        ByteBuffer stamp = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        stamp.putLong(0, MAGIC);
        stamp.putLong(8, sequence);
        ByteBuffer uuid = stamp.slice(16, 16).order(ByteOrder.BIG_ENDIAN);
        uuid.putLong(0, device.getMostSignificantBits());
        uuid.putLong(8, device.getLeastSignificantBits());
        stamp.putInt(32, FieldSeal.of(stamp.slice(0, 32)));
        return stamp;
    }

    /**
     * Tells whether a device has its stamp.
     *
     * @param bytes little-endian, {@link #BYTES} bytes from {@link #OFFSET}
     * @param device whose it must be
     * @return false if it is absent, damaged or another's
     */
    public static boolean isValid(ByteBuffer bytes, UUID device) {
        ByteBuffer stamp = bytes.slice(0, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer fields = stamp.slice(0, 32);
        return fields.equals(of(device, stamp.getLong(8)).limit(32))
                && FieldSeal.matches(fields, stamp.getInt(32));
    }
}
