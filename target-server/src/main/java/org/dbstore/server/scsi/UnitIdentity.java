package org.dbstore.server.scsi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The worldwide name of a logical unit: what multipath joins paths by, so equal on every path and
 * over restarts, and different for any two volumes or snapshots.
 *
 * <pre>
 * NAA-6 (SPC-4, "NAA IEEE Registered Extended"):  4 bits 6 | 24 bits company | 100 bits hash
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
     * @param identity any text that names the volume or snapshot for ever, such as its UUID
     */
    public UnitIdentity(String identity) {
        naa = new byte[NAA_BYTES];
        byte[] hash = sha256(identity);
        System.arraycopy(hash, 0, naa, 3, NAA_BYTES - 3);
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

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
