package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Checksum of fields, right behind them, in a block that has a checksum as well: CRC32 (IEEE
 * 802.3). It must not be CRC32C as that of journal and mirror: a CRC does not see what changes if
 * its own checksum of that changes with it, so a torn record with an older superblock would pass.
 */
final class FieldSeal {
    private FieldSeal() {}

    /**
     * Computes the seal.
     *
     * @param fields from position to limit; untouched
     */
    static int of(ByteBuffer fields) {
        CRC32 checksum = new CRC32();
        checksum.update(fields.duplicate());
        return (int) checksum.getValue();
    }

    /** Tells whether a seal is right; as CRC32C too, which builds before this one wrote. */
    static boolean matches(ByteBuffer fields, int seal) {
        CRC32C former = new CRC32C();
        former.update(fields.duplicate());
        return seal == of(fields) || seal == (int) former.getValue();
    }
}
