package org.dbstore.backend.commit;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.extent.ExtentChanges;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Superblock;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Commits without a journal: puts changed extent entries on the medium in an order that a power
 * loss cannot hurt (see the package).
 */
final class StagedCommit implements CommitMode {
    private final MetadataBlocks blocks;
    private final Barrier barrier;
    private volatile long highWater; // written by the leader

    /**
     * Creates the stages.
     *
     * @param blocks superblock and extent table
     * @param barrier forces the device
     * @param highWater AllocatedDeviceExtents of the superblock
     */
    StagedCommit(MetadataBlocks blocks, Barrier barrier, long highWater) {
        this.blocks = blocks;
        this.barrier = barrier;
        this.highWater = highWater;
    }

    @Override
    public long highWater() {
        return highWater;
    }

    @Override
    public void run(ExtentChanges changes, List<Transaction> transactions) throws BackendException {
        boolean bitsWaitForData = writeStageA(changes);
        if (bitsWaitForData) {
            barrier.force();
        }
        writeStageB(changes);
        barrier.force();
        for (Transaction transaction : transactions) {
            if (transaction.features() >= 0) {
                throw new IllegalStateException("features need the journal");
            }
            for (List<Transaction.Patch> step : transaction.steps()) {
                for (Transaction.Patch patch : step) {
                    blocks.patch(patch.offset(), patch.bytes());
                }
                blocks.writeBack();
                barrier.force();
            }
        }
    }

    /** Returns true if stage B must not be on the medium before stage A and the data are. */
    private boolean writeStageA(ExtentChanges changes) throws BackendException {
        boolean bitsWaitForData = false;
        for (int i = 0; i < changes.count(); i++) {
            long entry = Geometry.extentEntryOffset(changes.extents()[i]);
            if (changes.isBirth(i)) {
                ByteBuffer body = MetadataBlocks.buffer(ExtentEntry.BYTES);
                ExtentEntry.write(
                        body,
                        0,
                        0,
                        changes.positions()[i],
                        changes.bitmaps(),
                        i * BlockBitmap.WORDS);
                blocks.patch(entry, body);
                raiseHighWater(changes.extents()[i] + 1L);
                bitsWaitForData = true;
            } else if (changes.isFree(i)) {
                // The id alone: it never straddles a sector, while zeroes over the whole entry
                // could
                // be torn into an owner with position 0 and no bits, hiding what lies there.
                blocks.patch(entry, MetadataBlocks.buffer(Short.BYTES));
            } else if (changes.isUpdate(i)) {
                bitsWaitForData |= setsBits(changes, i, entry);
            }
        }
        blocks.writeBack();
        return bitsWaitForData;
    }

    private void writeStageB(ExtentChanges changes) throws BackendException {
        for (int i = 0; i < changes.count(); i++) {
            long entry = Geometry.extentEntryOffset(changes.extents()[i]);
            if (changes.isBirth(i) || changes.isUpdate(i)) {
                ByteBuffer owner = MetadataBlocks.buffer(Short.BYTES);
                owner.putShort(0, (short) changes.owners()[i]);
                blocks.patch(entry, owner);
            }
            if (changes.isUpdate(i)) {
                blocks.patch(entry + ExtentEntry.BITMAP, bitmap(changes, i));
            }
        }
        blocks.writeBack();
    }

    private boolean setsBits(ExtentChanges changes, int i, long entry) throws BackendException {
        long[] onMedium = new long[BlockBitmap.WORDS];
        ExtentEntry.readBitmap(blocks.read(entry, ExtentEntry.BYTES), 0, onMedium, 0);
        for (int word = 0; word < BlockBitmap.WORDS; word++) {
            if ((changes.bitmaps()[i * BlockBitmap.WORDS + word] & ~onMedium[word]) != 0) {
                return true;
            }
        }
        return false;
    }

    private void raiseHighWater(long count) throws BackendException {
        if (count > highWater) {
            highWater = count;
            ByteBuffer field = MetadataBlocks.buffer(Integer.BYTES);
            field.putInt(0, (int) count);
            blocks.patch(Superblock.HIGH_WATER, field);
        }
    }

    private static ByteBuffer bitmap(ExtentChanges changes, int i) {
        ByteBuffer bitmap = MetadataBlocks.buffer(BlockBitmap.WORDS * Long.BYTES);
        ExtentEntry.writeBitmap(bitmap, 0, changes.bitmaps(), i * BlockBitmap.WORDS);
        return bitmap;
    }

    @Override
    public void close() {} // everything is at home after each commit
}
