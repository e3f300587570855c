package org.dbstore.server.scsi;

/**
 * What one command may ask for at most. Announced in VPD page B0h (Block Limits) and held by the
 * gate before anything is allocated.
 */
public final class BlockLimits {
    /** Data of one READ, WRITE or VERIFY: MAXIMUM TRANSFER LENGTH, in bytes. */
    public static final int TRANSFER_BYTES_MAX = 8 << 20;

    /** OPTIMAL TRANSFER LENGTH, in bytes: one extent. */
    public static final int TRANSFER_BYTES_OPTIMAL = 1 << 20;

    /** OPTIMAL UNMAP GRANULARITY, in bytes: one extent, which is also Windows' slab. */
    public static final int UNMAP_GRANULARITY_BYTES = 1 << 20;

    /**
     * MAXIMUM UNMAP LBA COUNT: all descriptors of one UNMAP together, in logical blocks. Bounds how
     * long one command may take; libiscsi's conformance suite finds more than 2^20 insane.
     */
    public static final int UNMAP_BLOCKS_MAX = 1 << 20;

    /** MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT. */
    public static final int UNMAP_DESCRIPTORS_MAX = 256;

    /** MAXIMUM WRITE SAME LENGTH, in logical blocks; Linux asks for no more than 2^16 - 1. */
    public static final int WRITE_SAME_BLOCKS_MAX = 1 << 15;

    /**
     * MAXIMUM COMPARE AND WRITE LENGTH, in logical blocks: all of them are one step to everybody,
     * see {@link RangeLocks}.
     */
    public static final int COMPARE_BLOCKS_MAX = 128;

    /** Most data-in of a command that does not read the medium, in bytes. */
    public static final int REPLY_BYTES_MAX = 1 << 16;

    /** Longest parameter list taken, in bytes. */
    public static final int LIST_BYTES_MAX = (1 << 16) - 1;

    private BlockLimits() {}
}
