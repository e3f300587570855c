package org.dbstore.backend.commit;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.extent.ExtentChanges;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.CloseStamp;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * Commits through the journal: one record holds everything that a commit changes, and the homes
 * follow at checkpoints.
 *
 * <pre>
 *   force     only if the record makes data visible that must be on the medium first
 *   record
 *   force     now it is true
 * </pre>
 *
 * What does not fit into one record goes into several. Entries of extents do not depend on each
 * other, but what frees goes before what is born; a transaction is split between its steps.
 */
final class JournaledCommit implements CommitMode {
    /** An entry may straddle two blocks, and raising the high-water mark takes the superblock. */
    private static final int BLOCKS_PER_ENTRY_MAX = 3;

    private final MetadataBlocks blocks;
    private final Barrier barrier;
    private final Journal journal;
    private final Mirror mirror;
    private final UUID device;
    private volatile Superblock superblock; // written by the leader
    private boolean dataWaits;

    /**
     * Creates the mode; {@link #open} comes first.
     *
     * @param blocks all metadata
     * @param barrier forces the device
     * @param journal at the beginning of a half
     * @param mirror of the blocks
     * @param superblock as on the medium
     */
    JournaledCommit(
            MetadataBlocks blocks,
            Barrier barrier,
            Journal journal,
            Mirror mirror,
            Superblock superblock) {
        this.blocks = blocks;
        this.barrier = barrier;
        this.journal = journal;
        this.mirror = mirror;
        this.superblock = superblock;
        this.device = superblock.identity().orElseThrow();
    }

    /**
     * Tells all readers that the journal counts from now on. What the other half of the journal has
     * is at home.
     */
    void open() throws BackendException {
        logSuperblock(superblock.withFeatures(superblock.features() | Superblock.OPEN));
        blocks.checkpoint((block, image) -> {});
        barrier.force();
        // Not before: a mirror that is ahead of a home that says "closed" would be believed.
        mirror.put(0, blocks.read(0, Superblock.BYTES));
        mirror.end();
        stampIfMissing();
    }

    /**
     * Lets the first record have a stamp: with an older one on the medium, a newer one that is lost
     * on its way is not taken for the work of the original.
     */
    void stampIfMissing() throws BackendException {
        if (!CloseStamp.isValid(blocks.read(CloseStamp.OFFSET, CloseStamp.BYTES), device)) {
            blocks.patch(CloseStamp.OFFSET, CloseStamp.of(device, journal.lastSequence()));
        }
    }

    @Override
    public long highWater() {
        return superblock.highWaterExtents();
    }

    @Override
    public long journalBytes() {
        return journal.writtenBytes();
    }

    @Override
    public double journalUse() {
        return journal.use();
    }

    @Override
    public void run(ExtentChanges changes, List<Transaction> transactions) throws BackendException {
        for (int i = 0; i < changes.count(); i++) {
            if (changes.isFree(i) || changes.isUpdate(i)) {
                change(changes, i);
            }
        }
        for (int i = 0; i < changes.count(); i++) {
            if (changes.isBirth(i)) {
                change(changes, i);
            }
        }
        journal.completes(changes.commit());
        for (Transaction transaction : transactions) {
            add(transaction);
        }
        // What was born and freed in between changes no block, but its intents must not count any
        // more.
        if (blocks.pending().isEmpty() && changes.count() == 0) {
            barrier.force();
            dataWaits = false;
        } else {
            writeRecord();
        }
    }

    private void change(ExtentChanges changes, int i) throws BackendException {
        makeRoom(BLOCKS_PER_ENTRY_MAX);
        long offset = Geometry.extentEntryOffset(changes.extents()[i]);
        if (changes.isFree(i)) {
            blocks.patch(offset, MetadataBlocks.buffer(Short.BYTES));
            return;
        }
        dataWaits |= changes.isBirth(i) || setsBits(changes, i, offset);
        ByteBuffer entry = MetadataBlocks.buffer(ExtentEntry.BYTES);
        ExtentEntry.write(
                entry,
                0,
                changes.owners()[i],
                changes.positions()[i],
                changes.bitmaps(),
                i * BlockBitmap.WORDS);
        blocks.patch(offset, entry);
        raiseHighWater(changes.extents()[i] + 1L);
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
        if (count > superblock.highWaterExtents()) {
            superblock = superblock.withHighWater(count);
            patchSuperblock();
        }
    }

    private void list(ReservedExtents reserved) throws BackendException {
        ByteBuffer block = blocks.read(0, Superblock.BYTES);
        reserved.write(block);
        blocks.patch(0, block);
        mirror.extend(reserved);
    }

    private void patchSuperblock() throws BackendException {
        ByteBuffer head = MetadataBlocks.buffer(Superblock.HEAD_BYTES);
        superblock.write(head);
        blocks.patch(0, head);
    }

    private void add(Transaction transaction) throws BackendException {
        boolean whole = transaction.blockCount() + 1 <= JournalRecord.IMAGES_MAX;
        if (whole) {
            makeRoom(transaction.blockCount() + 1);
        }
        dataWaits |= transaction.hasData();
        ReservedExtents reserved = transaction.reserved();
        if (reserved != null) {
            list(reserved);
        }
        if (transaction.features() >= 0) {
            superblock =
                    superblock.withFeatures(
                            transaction.features() | (superblock.features() & Superblock.OPEN));
            patchSuperblock();
        }
        raiseHighWater(transaction.highWater());
        for (List<Transaction.Patch> step : transaction.steps()) {
            for (Transaction.Patch patch : step) {
                if (!whole) {
                    makeRoom(2);
                }
                blocks.patch(patch.offset(), patch.bytes());
            }
            if (!whole) {
                writeRecord();
            }
        }
    }

    /** Ends the record if it may not take so many blocks more. */
    private void makeRoom(int count) throws BackendException {
        if (blocks.pending().size() + count > JournalRecord.IMAGES_MAX) {
            writeRecord();
        }
    }

    private void writeRecord() throws BackendException {
        boolean homesWait = false;
        if (!journal.fits(blocks.pending().size())) {
            checkpoint();
            journal.switchHalf();
            homesWait = true;
        }
        if (dataWaits || homesWait) {
            barrier.force();
        }
        journal.append(blocks.pending());
        barrier.force();
        dataWaits = false;
        blocks.logged();
    }

    /** Writes home all that only the journal has, and the mirror of it. Does not force. */
    void checkpoint() throws BackendException {
        blocks.checkpoint(mirror::put);
        mirror.end();
    }

    @Override
    public void close() throws BackendException {
        checkpoint();
        barrier.force();
        // Alone: a write that takes other tables along could be lost with them, unnoticed.
        blocks.patch(CloseStamp.OFFSET, CloseStamp.of(device, journal.lastSequence() + 1));
        writeRecord();
        checkpoint();
        barrier.force();
        logSuperblock(superblock.withFeatures(superblock.features() & ~Superblock.OPEN));
        mirror.put(0, blocks.read(0, Superblock.BYTES));
        mirror.end();
        barrier.force(); // the home that says "closed" makes the mirror count
        blocks.checkpoint((block, image) -> {});
        barrier.force();
    }

    /**
     * Writes the superblock into the journal, so that it is somewhere if its home is destroyed on
     * the way. Everything else is at home.
     */
    private void logSuperblock(Superblock next) throws BackendException {
        superblock = next;
        patchSuperblock();
        journal.switchHalf();
        writeRecord();
    }
}
