package org.dbstore.server.scsi.page;

import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.jscsi.Designators;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The vital product data pages (SPC-4 and SBC-3), in ascending order: Windows ignores what follows
 * a smaller page code.
 */
public enum VpdPage {
    /** Supported VPD Pages. */
    SUPPORTED_PAGES(0x00),
    /** Unit Serial Number. */
    UNIT_SERIAL_NUMBER(0x80),
    /** Device Identification. */
    DEVICE_IDENTIFICATION(0x83),
    /** Extended INQUIRY Data. */
    EXTENDED_INQUIRY(0x86),
    /** Mode Page Policy. */
    MODE_PAGE_POLICY(0x87),
    /** SCSI Ports. */
    SCSI_PORTS(0x88),
    /** Third-party Copy. */
    THIRD_PARTY_COPY(0x8f),
    /** Block Limits. */
    BLOCK_LIMITS(0xb0),
    /** Block Device Characteristics. */
    BLOCK_DEVICE_CHARACTERISTICS(0xb1),
    /** Logical Block Provisioning. */
    LOGICAL_BLOCK_PROVISIONING(0xb2);

    private static final int HEADER_BYTES = 4;

    /** PAGE LENGTH of 86h, B0h and B1h; older initiators know B0h shorter, Windows B1h not. */
    private static final int LONG_PAGE_BYTES = 0x3c;

    private static final int ALL_PAGES = 0x3f;
    private static final int ALL_SUBPAGES = 0xff;
    private static final int SHARED = 0x00;

    private final int code;

    VpdPage(int code) {
        this.code = code;
    }

    /**
     * Finds a page.
     *
     * @param code PAGE CODE, 8 bits
     * @return null if not supported
     */
    public static @Nullable VpdPage of(int code) {
        for (VpdPage page : values()) {
            if (page.code == code) {
                return page;
            }
        }
        return null;
    }

    /**
     * Builds the page.
     *
     * @param medium the unit it describes
     * @param nexus its target port is described
     * @param ports portal group tags of all ports of the target
     * @return header and all parameters
     */
    public byte[] build(Medium medium, Nexus nexus, List<Integer> ports) {
        byte[] parameters =
                switch (this) {
                    case SUPPORTED_PAGES -> supportedPages();
                    case UNIT_SERIAL_NUMBER ->
                            medium.identity().serial().getBytes(StandardCharsets.US_ASCII);
                    case DEVICE_IDENTIFICATION ->
                            Designators.of(medium.identity(), StandardInquiry.VENDOR, nexus);
                    case EXTENDED_INQUIRY -> extendedInquiry(medium);
                    case MODE_PAGE_POLICY -> new byte[] {ALL_PAGES, (byte) ALL_SUBPAGES, SHARED, 0};
                    case SCSI_PORTS -> Designators.ports(nexus.targetName(), ports);
                    case THIRD_PARTY_COPY -> ThirdPartyCopyPage.build(medium);
                    case BLOCK_LIMITS -> blockLimits(medium);
                    case BLOCK_DEVICE_CHARACTERISTICS -> blockDeviceCharacteristics();
                    case LOGICAL_BLOCK_PROVISIONING -> logicalBlockProvisioning(medium);
                };
        return ByteBuffer.allocate(HEADER_BYTES + parameters.length)
                .put(1, (byte) code)
                .putShort(2, (short) parameters.length)
                .put(HEADER_BYTES, parameters)
                .array();
    }

    private static byte[] supportedPages() {
        ByteBuffer codes = ByteBuffer.allocate(values().length);
        for (VpdPage page : values()) {
            codes.put((byte) page.code);
        }
        return codes.array();
    }

    /** Positions below are those of the page; the parameters begin behind its header. */
    private static ByteBuffer put(ByteBuffer parameters, int position, int value) {
        return parameters.putInt(position - HEADER_BYTES, value);
    }

    private static byte[] extendedInquiry(Medium medium) {
        byte[] parameters = new byte[LONG_PAGE_BYTES];
        parameters[5 - HEADER_BYTES] = 0x07; // HEADSUP, ORDSUP, SIMPSUP
        parameters[6 - HEADER_BYTES] = (byte) (medium.isWriteBack() ? 0x01 : 0x00); // V_SUP
        return parameters;
    }

    private static byte[] blockLimits(Medium medium) {
        ByteBuffer parameters = ByteBuffer.allocate(LONG_PAGE_BYTES);
        int blockBytes = medium.blockBytes();
        parameters.put(4 - HEADER_BYTES, (byte) 0x01); // WSNZ
        parameters.put(5 - HEADER_BYTES, (byte) BlockLimits.COMPARE_BLOCKS_MAX);
        parameters.putShort(6 - HEADER_BYTES, (short) (4096 / blockBytes)); // granularity
        put(parameters, 8, BlockLimits.TRANSFER_BYTES_MAX / blockBytes);
        put(parameters, 12, BlockLimits.TRANSFER_BYTES_OPTIMAL / blockBytes);
        put(parameters, 20, BlockLimits.UNMAP_BLOCKS_MAX);
        put(parameters, 24, BlockLimits.UNMAP_DESCRIPTORS_MAX);
        put(parameters, 28, BlockLimits.UNMAP_GRANULARITY_BYTES / blockBytes);
        put(parameters, 32, 0x8000_0000); // UGAVALID, alignment 0
        parameters.putLong(36 - HEADER_BYTES, BlockLimits.WRITE_SAME_BLOCKS_MAX);
        // Any alignment, any length up to it, and no ATOMIC BOUNDARY: the fields behind it are 0.
        put(parameters, 44, (int) medium.atomicBlocksMax());
        return parameters.array();
    }

    private static byte[] blockDeviceCharacteristics() {
        return ByteBuffer.allocate(LONG_PAGE_BYTES)
                .putShort(4 - HEADER_BYTES, (short) 1) // MEDIUM ROTATION RATE: does not rotate
                .put(7 - HEADER_BYTES, (byte) 0x40) // WABEREQ: erased blocks can be read
                .array();
    }

    private static byte[] logicalBlockProvisioning(Medium medium) {
        int extentBlocks = BlockLimits.UNMAP_GRANULARITY_BYTES / medium.blockBytes();
        return new byte[] {
            (byte) Integer.numberOfTrailingZeros(extentBlocks), // THRESHOLD EXPONENT: an extent
            (byte) 0xe4, // LBPU, LBPWS, LBPWS10; LBPRZ 001b
            0x02, // PROVISIONING TYPE: thin
            0x00
        };
    }
}
