package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.pdu.Bhs;

import java.nio.ByteBuffer;

/** Additional header segments (RFC 7143, section 11.2.2): no command here has a use for one. */
final class AdditionalHeaders {
    /** A length, which does not count these three bytes, and a type. */
    private static final int HEADER_BYTES = 3;

    private AdditionalHeaders() {}

    /** Tells whether the segments of a PDU fill their space exactly. */
    static boolean areValid(ByteBuffer buffer, int header) {
        int at = header + Bhs.BYTES;
        int end = at + Bhs.ahsBytes(buffer, header);
        while (at < end) {
            int length = buffer.getShort(at) & 0xffff;
            if (length == 0) {
                return false;
            }
            at += HEADER_BYTES + length;
            at += Bhs.padding(at - header);
        }
        return at == end;
    }
}
