package org.dbstore.server.scsi;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The worldwide name of a logical unit: what multipath joins paths by, so equal on every path and
 * over restarts, and different for any two volumes or snapshots.
 *
 * <pre>
 * NAA-6 (SPC-4, "NAA IEEE Registered Extended"):  4 bits 6 | 24 bits company | bits 4..103 of UUID
 * </pre>
 *
 * The company identifier has its locally administered bit set: it belongs to nobody.
 */
public final class UnitIdentity {
    /** Bytes of an NAA-6 identifier. */
    public static final int NAA_BYTES = 16;

    private static final int COMPANY = 0x02_44_42; // locally administered, "DB"

    private final byte[] naa;
    private final String serial;

    /**
     * Derives the identifiers.
     *
     * @param identity of the volume or snapshot; random, or a hash
     */
    public UnitIdentity(UUID identity) {
        naa = new byte[NAA_BYTES];
        ByteBuffer uuid =
                ByteBuffer.allocate(16)
                        .putLong(identity.getMostSignificantBits())
                        .putLong(identity.getLeastSignificantBits());
        uuid.get(0, naa, 3, NAA_BYTES - 3);
        naa[0] = (byte) (0x60 | (COMPANY >>> 20));
        naa[1] = (byte) (COMPANY >>> 12);
        naa[2] = (byte) (COMPANY >>> 4);
        naa[3] = (byte) (COMPANY << 4 | (naa[3] & 0x0f));
        serial = HexFormat.of().formatHex(naa);
    }

    /**
     * Returns the NAA-6 identifier.
     *
     * @return a new array of {@link #NAA_BYTES}
     */
    public byte[] naa() {
        return naa.clone();
    }

    /**
     * Returns the unit serial number: the NAA-6 identifier in hexadecimal.
     *
     * @return 32 digits, lower case
     */
    public String serial() {
        return serial;
    }
}
