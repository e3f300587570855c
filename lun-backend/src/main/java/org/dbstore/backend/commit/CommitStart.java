package org.dbstore.backend.commit;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.jspecify.annotations.Nullable;

/** How a store begins to commit. */
public final class CommitStart {
    private final CommitMode mode;
    private final @Nullable JournalSetup setup;
    private final @Nullable ReservedExtents reserved;

    private CommitStart(
            CommitMode mode, @Nullable JournalSetup setup, @Nullable ReservedExtents reserved) {
        this.mode = mode;
        this.setup = setup;
        this.reserved = reserved;
    }

    /** Returns the mode of the first commit. */
    CommitMode mode() {
        return mode;
    }

    /**
     * Returns what makes a journal at the first change; null if there is one, or none is wanted.
     */
    @Nullable JournalSetup setup() {
        return setup;
    }

    /** Returns where the journal is; null if there is none. */
    @Nullable ReservedExtents reserved() {
        return reserved;
    }

    /**
     * Commits nothing, or without the journal that is there.
     *
     * @param blocks all metadata
     * @param barrier of the device
     * @param highWater AllocatedDeviceExtents
     * @param reserved where journal and catalogue are; null if there are none
     * @return to be given to {@link GroupCommit}
     */
    public static CommitStart unjournaled(
            MetadataBlocks blocks,
            Barrier barrier,
            long highWater,
            @Nullable ReservedExtents reserved) {
        return new CommitStart(new StagedCommit(blocks, barrier, highWater), null, reserved);
    }

    /**
     * Begins without a journal.
     *
     * @param blocks all metadata
     * @param barrier of the device
     * @param highWater AllocatedDeviceExtents
     * @param setup null if there shall never be a journal
     * @return to be given to {@link GroupCommit}
     */
    public static CommitStart staged(
            MetadataBlocks blocks, Barrier barrier, long highWater, @Nullable JournalSetup setup) {
        return new CommitStart(new StagedCommit(blocks, barrier, highWater), setup, null);
    }

    /**
     * Begins with a journal, and tells all readers that it counts.
     *
     * @param device of the store
     * @param health of the store
     * @param blocks all metadata, all of it at home
     * @param barrier of the device
     * @param mirror of the metadata
     * @param superblock as on the medium
     * @param reserved where the journal is
     * @param lastSequence highest of the records in it
     * @param commit the last that is whole with them
     * @param half to begin with: not the one where that record is
     * @return to be given to {@link GroupCommit}
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}
     */
    public static CommitStart journaled(
            BlockDevice device,
            StoreHealth health,
            MetadataBlocks blocks,
            Barrier barrier,
            Mirror mirror,
            Superblock superblock,
            ReservedExtents reserved,
            long lastSequence,
            long commit,
            int half)
            throws BackendException {
        Geometry geometry = new Geometry(superblock.deviceBytes());
        JournalSetup.preallocate(device, geometry, reserved);
        Journal journal =
                new Journal(
                        new BlockRuns(device, health),
                        Journal.firstBlock(geometry, reserved.journal()),
                        superblock.identity().orElseThrow(),
                        lastSequence,
                        commit,
                        half);
        JournaledCommit mode = new JournaledCommit(blocks, barrier, journal, mirror, superblock);
        mode.open();
        return new CommitStart(mode, null, reserved);
    }
}
