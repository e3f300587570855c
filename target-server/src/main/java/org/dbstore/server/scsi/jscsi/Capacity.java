package org.dbstore.server.scsi.jscsi;

import org.dbstore.server.scsi.Medium;
import org.jscsi.target.scsi.readCapacity.ReadCapacity10ParameterData;
import org.jscsi.target.scsi.readCapacity.ReadCapacity16ParameterData;

/** The parameter data of READ CAPACITY (SBC-3). */
public final class Capacity {
    private static final int EXPONENT = 13;
    private static final int PROVISIONING = 14;
    private static final int LBPME_AND_LBPRZ = 0xc0;

    private Capacity() {}

    /**
     * READ CAPACITY(10): an LBA that does not fit is FFFFFFFFh, which sends the initiator to READ
     * CAPACITY(16).
     *
     * @return 8 bytes
     */
    public static byte[] short10(Medium medium) {
        return Serialized.of(
                        new ReadCapacity10ParameterData(
                                medium.blockCount() - 1, medium.blockBytes()))
                .array();
    }

    /**
     * READ CAPACITY(16), with what jSCSI leaves out: logical blocks per physical block, and that
     * the unit is thin and reads zeroes where nothing is stored.
     *
     * @return 32 bytes
     */
    public static byte[] long16(Medium medium) {
        int exponent =
                Integer.numberOfTrailingZeros(medium.physicalBlockBytes())
                        - Integer.numberOfTrailingZeros(medium.blockBytes());
        return Serialized.of(
                        new ReadCapacity16ParameterData(
                                medium.blockCount() - 1, medium.blockBytes()))
                .put(EXPONENT, (byte) exponent)
                .put(PROVISIONING, (byte) LBPME_AND_LBPRZ)
                .array();
    }
}
