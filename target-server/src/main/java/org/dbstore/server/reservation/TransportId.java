package org.dbstore.server.reservation;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An iSCSI TransportID (SPC-4, "TransportID for initiator ports using SCSI over iSCSI").
 *
 * <pre>
 * byte 0      FORMAT CODE (2 bits) 00b name, 01b name,i,0xISID | PROTOCOL IDENTIFIER 5
 * byte 2..3   ADDITIONAL LENGTH, a multiple of 4
 * byte 4..    text, ended by NUL, padded with NULs
 * </pre>
 *
 * @param initiatorName iSCSI name, lower case
 * @param isid 48 bits; null = every initiator port of that name
 * @param lengthBytes of the TransportID as it was read
 */
record TransportId(String initiatorName, @Nullable Long isid, int lengthBytes) {
    private static final int HEADER_BYTES = 4;
    private static final int ADDITIONAL_BYTES_MIN = 20;
    private static final int NAME_BYTES_MAX = 223;
    private static final int PROTOCOL_ISCSI = 0x05;
    private static final int PORT_FORMAT = 0x40;
    private static final Pattern PORT = Pattern.compile("(.+),i,0x([0-9a-f]{1,12})");

    /**
     * Reads one.
     *
     * @param list absolute access
     * @param at where it begins
     * @param end where it has to end at the latest
     * @return null if it is none of iSCSI, or broken
     */
    static @Nullable TransportId parse(ByteBuffer list, int at, int end) {
        if (end - at < HEADER_BYTES + ADDITIONAL_BYTES_MIN) {
            return null;
        }
        int format = Byte.toUnsignedInt(list.get(at));
        int additional = Short.toUnsignedInt(list.getShort(at + 2));
        int length = HEADER_BYTES + additional;
        if (additional < ADDITIONAL_BYTES_MIN || additional % 4 != 0 || length > end - at) {
            return null;
        }
        byte[] bytes = new byte[additional];
        list.get(at + HEADER_BYTES, bytes);
        int nul = 0;
        while (nul < bytes.length && bytes[nul] != 0) {
            nul++;
        }
        if (nul == 0 || nul == bytes.length) {
            return null;
        }
        String text = new String(bytes, 0, nul, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        if (format == PROTOCOL_ISCSI) {
            return of(text, null, length);
        }
        Matcher port = PORT.matcher(text);
        if (format != (PORT_FORMAT | PROTOCOL_ISCSI) || !port.matches()) {
            return null;
        }
        return of(port.group(1), Long.parseLong(port.group(2), 16), length);
    }

    /** Builds the one of an initiator port. */
    static byte[] encode(String initiatorName, long isid) {
        byte[] text =
                String.format(Locale.ROOT, "%s,i,0x%012x", initiatorName, isid)
                        .getBytes(StandardCharsets.UTF_8);
        int additional = Math.max(ADDITIONAL_BYTES_MIN, (text.length / 4 + 1) * 4);
        return ByteBuffer.allocate(HEADER_BYTES + additional)
                .put((byte) (PORT_FORMAT | PROTOCOL_ISCSI))
                .putShort(2, (short) additional)
                .put(HEADER_BYTES, text)
                .array();
    }

    private static @Nullable TransportId of(String name, @Nullable Long isid, int length) {
        return name.length() > NAME_BYTES_MAX ? null : new TransportId(name, isid, length);
    }
}
