package org.dbstore.server.iscsi.auth;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Binary values of text keys (RFC 7143, section 6.1): 0x and digits, or 0b and Base64. */
public final class ChapBinary {
    /** Longest CHAP_C or CHAP_R in bytes (RFC 7143, section 12.1.3). */
    public static final int BYTES_MAX = 1024;

    private ChapBinary() {}

    /**
     * Decodes a value.
     *
     * @return 1..{@link #BYTES_MAX} bytes; empty if it is none of that
     */
    public static Optional<byte[]> decode(String text) {
        if (text.length() < 3 || text.charAt(0) != '0') {
            return Optional.empty();
        }
        String digits = text.substring(2);
        // Checked first: nothing is stored before it is known to fit.
        try {
            byte[] bytes =
                    switch (text.charAt(1)) {
                        case 'x', 'X' ->
                                digits.length() > 2 * BYTES_MAX
                                        ? new byte[0]
                                        : HexFormat.of().parseHex(digits);
                        case 'b', 'B' ->
                                digits.length() > (BYTES_MAX + 2) / 3 * 4
                                        ? new byte[0]
                                        : Base64.getDecoder().decode(digits);
                        default -> new byte[0];
                    };
            return bytes.length == 0 || bytes.length > BYTES_MAX
                    ? Optional.empty()
                    : Optional.of(bytes);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Encodes a value as 0x and digits, which every initiator can read. */
    public static String encode(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
