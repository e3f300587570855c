package org.dbstore.server.iscsi.pdu;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC32C of headers and data (RFC 7143, section 13.1), as it stands on the wire: the reflected
 * CRC with its lowest byte first. Holds state between the parts of one digest; not for several
 * threads. Allocates nothing.
 */
final class Crc32cDigest {
    /** Length of a digest in bytes. */
    static final int BYTES = 4;

    private final CRC32C crc = new CRC32C();

    /** Begins anew. */
    Crc32cDigest reset() {
        crc.reset();
        return this;
    }

    /** Adds bytes of a buffer, whose position and limit stay. */
    Crc32cDigest add(ByteBuffer buffer, int from, int count) {
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(from + count).position(from);
        crc.update(buffer);
        buffer.limit(limit).position(position);
        return this;
    }

    /** The digest of what was added, as a big-endian int for the wire. */
    int value() {
        return Integer.reverseBytes((int) crc.getValue());
    }
}
