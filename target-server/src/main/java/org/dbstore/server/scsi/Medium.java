package org.dbstore.server.scsi;

import org.dbstore.backend.Volume;

/**
 * What the handlers see of a logical unit: a volume in logical blocks, and the unit's own settings
 * and states. Safe for all threads.
 */
public final class Medium {
    private final Volume volume;
    private final int blockShift;
    private final int physicalBlockBytes;
    private final ModeSettings modes;
    private final boolean readOnly;
    private final UnitIdentity identity;
    private final SpaceGauge space;
    private final UnitClock clock;
    private final Sanitation sanitation;
    private final RangeLocks ranges;
    private final LostWrites lostWrites;
    private final BackgroundWork background;
    private final CommitPace pace;

    /**
     * Creates a view of a volume.
     *
     * @param volume the bytes
     * @param blockBytes logical block length: 512 or 4096
     * @param physicalBlockBytes physical block length to tell: at least the logical one
     * @param modes what mode pages can change
     * @param identity names the unit
     * @param space what the volume may still take and has taken
     * @param sanitation whether it is being sanitized
     */
    public Medium(
            Volume volume,
            int blockBytes,
            int physicalBlockBytes,
            ModeSettings modes,
            UnitIdentity identity,
            SpaceGauge space,
            Sanitation sanitation) {
        if (blockBytes != 512 && blockBytes != 4096) {
            throw new IllegalArgumentException("logical block length " + blockBytes);
        }
        this.volume = volume;
        this.blockShift = Integer.numberOfTrailingZeros(blockBytes);
        this.physicalBlockBytes = physicalBlockBytes;
        this.modes = modes;
        this.readOnly = volume.isReadOnly();
        this.identity = identity;
        this.space = space;
        this.clock = new UnitClock();
        this.sanitation = sanitation;
        this.ranges = new RangeLocks();
        this.lostWrites = new LostWrites(volume);
        this.background = new BackgroundWork();
        this.pace = new CommitPace();
    }

    /** The same contents and states in another dress. */
    private Medium(Medium medium, int blockShift, int physicalBlockBytes, boolean readOnly) {
        this.volume = medium.volume;
        this.blockShift = blockShift;
        this.physicalBlockBytes = physicalBlockBytes;
        this.modes = medium.modes;
        this.readOnly = readOnly;
        this.identity = medium.identity;
        this.space = medium.space;
        this.clock = medium.clock;
        this.sanitation = medium.sanitation;
        this.ranges = medium.ranges;
        this.lostWrites = medium.lostWrites;
        this.background = medium.background;
        this.pace = medium.pace;
    }

    /** The same medium for those who may only read it: all states are shared. */
    public Medium writeProtected() {
        return readOnly ? this : new Medium(this, blockShift, physicalBlockBytes, true);
    }

    /**
     * The same medium counted in other blocks: all states are shared, which know bytes only.
     *
     * @param logicalBytes logical block length: 512 or 4096
     * @param physicalBytes physical block length to tell: at least the logical one
     */
    public Medium withBlocks(int logicalBytes, int physicalBytes) {
        return new Medium(
                this, Integer.numberOfTrailingZeros(logicalBytes), physicalBytes, readOnly);
    }

    /** Tells whether another is the same medium, perhaps write protected. */
    public boolean isSame(Medium other) {
        return volume.equals(other.volume);
    }

    /** The bytes behind the blocks. */
    public Volume volume() {
        return volume;
    }

    /** Logical block length: 512 or 4096. */
    public int blockBytes() {
        return 1 << blockShift;
    }

    /** Physical block length to tell initiators, in bytes. */
    public int physicalBlockBytes() {
        return physicalBlockBytes;
    }

    /** Number of logical blocks, above 0. */
    public long blockCount() {
        return volume.sizeBytes() >>> blockShift;
    }

    /**
     * Converts an LBA or a number of blocks that is known to lie within the medium.
     *
     * @param blocks 0..{@link #blockCount}
     * @return bytes
     */
    public long bytes(long blocks) {
        return blocks << blockShift;
    }

    /** MAXIMUM ATOMIC TRANSFER LENGTH, in blocks; 0 if the volume has no atomic writes. */
    public long atomicBlocksMax() {
        return wholeBlocks(volume.atomicWriteBytesMax());
    }

    /** How many whole blocks a number of bytes holds. */
    public long wholeBlocks(long bytes) {
        return bytes >>> blockShift;
    }

    /**
     * Tells whether a range lies within the medium. Both numbers are unsigned, so a sum of theirs
     * could wrap; the difference cannot.
     *
     * @param lba first block
     * @param count 0 is allowed even at the end
     * @return true if no block of the range lies beyond the last one
     */
    public boolean holds(long lba, long count) {
        long blocks = blockCount();
        return Long.compareUnsigned(lba, blocks) <= 0
                && Long.compareUnsigned(count, blocks - lba) <= 0;
    }

    /** WCE: true if GOOD to a WRITE may precede durability. */
    public boolean isWriteBack() {
        return modes.current().writeBack();
    }

    /** WP: true if writes are refused. */
    public boolean isReadOnly() {
        return readOnly || isSoftwareProtected();
    }

    /** SWP: true if writes are refused because an initiator wants it so. */
    public boolean isSoftwareProtected() {
        return modes.current().writeProtected();
    }

    /** What mode pages can change. */
    public ModeSettings modes() {
        return modes;
    }

    /** What the volume may still take and has taken. */
    public SpaceGauge space() {
        return space;
    }

    /** The time that initiators agree on. */
    public UnitClock clock() {
        return clock;
    }

    /** Whether the unit is being sanitized. */
    public Sanitation sanitation() {
        return sanitation;
    }

    /** Orders changes of the same blocks. */
    public RangeLocks ranges() {
        return ranges;
    }

    /** Who has to hear that acknowledged writes may be lost. */
    public LostWrites lostWrites() {
        return lostWrites;
    }

    /** How long writes took of late to become durable. */
    public CommitPace pace() {
        return pace;
    }

    /** What goes on after its command has been answered. */
    public BackgroundWork background() {
        return background;
    }

    /** Names the unit. */
    public UnitIdentity identity() {
        return identity;
    }
}
