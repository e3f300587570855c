package org.dbstore.server.scsi.jscsi;

import java.nio.ByteBuffer;

/** Sense data in descriptor format (SPC-4, "Descriptor format sense data"), for D_SENSE=1. */
public final class DescriptorSense {
    private static final int FIXED_CURRENT = 0x70;
    private static final int DESCRIPTOR_CURRENT = 0x72;
    private static final int VALID = 0x80;
    private static final int SKSV = 0x80;
    private static final int HEADER_BYTES = 8;
    private static final int INFORMATION_BYTES = 12;
    private static final int KEY_SPECIFIC = 0x02;
    private static final int KEY_SPECIFIC_BYTES = 8;

    private DescriptorSense() {}

    /**
     * Converts fixed format.
     *
     * @param fixed 18 bytes; anything else is returned as it is
     * @return a new array: the information and sense key specific descriptors if they are valid
     */
    public static byte[] of(byte[] fixed) {
        if ((fixed[0] & 0x7f) != FIXED_CURRENT) {
            return fixed;
        }
        boolean hasInformation = (fixed[0] & VALID) != 0;
        boolean hasSpecific = (fixed[15] & SKSV) != 0;
        int additional =
                (hasInformation ? INFORMATION_BYTES : 0) + (hasSpecific ? KEY_SPECIFIC_BYTES : 0);
        ByteBuffer sense = ByteBuffer.allocate(HEADER_BYTES + additional);
        sense.put((byte) DESCRIPTOR_CURRENT).put((byte) (fixed[2] & 0x0f));
        sense.put(fixed[12]).put(fixed[13]).put(7, (byte) additional).position(HEADER_BYTES);
        if (hasInformation) {
            sense.put((byte) 0x00).put((byte) (INFORMATION_BYTES - 2));
            sense.put((byte) VALID).put((byte) 0).putInt(0).put(fixed, 3, 4);
        }
        if (hasSpecific) {
            sense.put((byte) KEY_SPECIFIC).put((byte) (KEY_SPECIFIC_BYTES - 2));
            sense.putShort((short) 0).put(fixed, 15, 3).put((byte) 0);
        }
        return sense.array();
    }
}
