package org.dbstore.server.scsi.page;

import org.dbstore.server.scsi.TargetPortGroups;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Standard INQUIRY data (SPC-4): one vendor and product for volumes and snapshots alike. */
public final class StandardInquiry {
    /** T10 VENDOR IDENTIFICATION, 8 characters. */
    public static final String VENDOR = "DBS     ";

    /** PERIPHERAL QUALIFIER 011b, DEVICE TYPE 1Fh: no such logical unit here. */
    public static final int NO_UNIT = 0x7f;

    /** PERIPHERAL QUALIFIER 000b, DEVICE TYPE 00h: a direct access block device. */
    public static final int DISK = 0x00;

    /** PERIPHERAL QUALIFIER 001b: as SPC-4 has it through a port in the unavailable state. */
    public static final int DISCONNECTED_DISK = 0x20;

    private static final int BYTES = 96;
    private static final String PRODUCT = "DBS VOLUME      ";
    private static final String REVISION = "0.1 ";

    // 4..6 satisfy Windows' logo test, above 2 Linux uses READ CAPACITY(16), below 7 it does not
    // probe for command duration limits.
    private static final int SPC_4 = 0x06;
    private static final int HISUP_AND_FORMAT_2 = 0x12;
    private static final int TPGS_IMPLICIT = 0x10;
    private static final int TPGS_EXPLICIT = 0x20;
    private static final int THIRD_PARTY_COPY = 0x08;
    private static final int MULTIP = 0x10;
    private static final int CMDQUE = 0x02;

    // SAM-5, iSCSI, SPC-4, SBC-3 (no version claimed), in the order SPC-4 recommends.
    private static final short[] VERSION_DESCRIPTORS = {0x00a0, 0x0960, 0x0460, 0x04c0};

    private StandardInquiry() {}

    /**
     * Builds the data.
     *
     * @param peripheral {@link #DISK}, {@link #DISCONNECTED_DISK} or {@link #NO_UNIT}
     * @param groups the ports of the target
     * @return 96 bytes
     */
    public static byte[] build(int peripheral, TargetPortGroups groups) {
        int tpgs = groups.areSettable() ? TPGS_IMPLICIT | TPGS_EXPLICIT : TPGS_IMPLICIT;
        ByteBuffer data = ByteBuffer.allocate(BYTES);
        data.put(0, (byte) peripheral);
        data.put(2, (byte) SPC_4);
        data.put(3, (byte) HISUP_AND_FORMAT_2);
        data.put(4, (byte) (BYTES - 5));
        data.put(5, (byte) (tpgs | THIRD_PARTY_COPY));
        data.put(6, (byte) (groups.tags().size() > 1 ? MULTIP : 0));
        data.put(7, (byte) CMDQUE);
        data.put(8, VENDOR.getBytes(StandardCharsets.US_ASCII));
        data.put(16, PRODUCT.getBytes(StandardCharsets.US_ASCII));
        data.put(32, REVISION.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < VERSION_DESCRIPTORS.length; i++) {
            data.putShort(58 + 2 * i, VERSION_DESCRIPTORS[i]);
        }
        return data.array();
    }
}
