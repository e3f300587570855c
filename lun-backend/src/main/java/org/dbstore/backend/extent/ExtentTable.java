package org.dbstore.backend.extent;

import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Intent;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * All extent entries of the device in memory, with what the commit has to know of each. Chunks of
 * 1024 entries exist where anything is owned: 43 bytes an entry.
 *
 * <p>The lock of this object guards everything. An entry that an open view shows changes only under
 * the exclusive stripe of its position as well, so the short reading methods, called under the
 * shared stripe, need no lock.
 *
 * <p>Each change makes the entry part of the next commit: {@link #take} hands over copies, {@link
 * #committed} notes what has become durable. One commit runs at a time.
 */
public final class ExtentTable {
    private static final int CHUNK_BITS = 10;
    private static final int CHUNK_SIZE = 1 << CHUNK_BITS;
    private static final int WORDS = BlockBitmap.WORDS;

    /** In the list of the next commit. */
    private static final int DIRTY = 1;

    /** In the commit that runs. */
    private static final int COMMITTING = 2;

    /** Hides an entry of an ancestor, so it must stay when it is empty. */
    private static final int COVERS = 4;

    /** Hides an entry of the same owner and position (damage). */
    private static final int HIDES_DUPLICATE = 8;

    /** Has changed since the last intent of it, if there is any. */
    private static final int UNINTENDED = 16;

    private static final class Chunk {
        final short[] owner = new short[CHUNK_SIZE];
        final short[] durableOwner = new short[CHUNK_SIZE];
        final int[] position = new int[CHUNK_SIZE];
        final long[] bitmap = new long[CHUNK_SIZE * WORDS];
        final byte[] state = new byte[CHUNK_SIZE];

        /** Place of the intent for the next commit, from 1; 0 = none. */
        final short[] intent = new short[CHUNK_SIZE];
    }

    /** Sees the owned entries. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called with the lock of the table held.
         *
         * @param extent device extent, ascending
         * @param owner snapshot id, 1..65535
         * @param position in the volume, 0..2^32-1
         */
        void visit(int extent, int owner, long position);
    }

    private final @Nullable Chunk[] chunks;
    private int[] dirty = new int[64];
    private int dirtyCount;
    private int usedCount;
    private volatile int uncommittedFrees; // changed under the lock
    private volatile int moveCount; // changed under the lock

    /** Of the commit that the next {@link #take} begins. */
    private long commitNumber = 1;

    private int intentCount;
    private boolean transacting;

    /**
     * Creates a table of free entries.
     *
     * @param capacity number of entries
     */
    public ExtentTable(int capacity) {
        this.chunks = new @Nullable Chunk[Math.ceilDiv(capacity, CHUNK_SIZE)];
    }

    // Reading, under the stripe of the position or the lock of the table.

    /**
     * Returns the owner.
     *
     * @param extent device extent
     * @return snapshot id, 0 = free
     */
    public int owner(int extent) {
        Chunk chunk = chunks[extent >> CHUNK_BITS];
        return chunk == null ? 0 : Short.toUnsignedInt(chunk.owner[extent & CHUNK_SIZE - 1]);
    }

    /**
     * Tells whether a block is mapped.
     *
     * @param extent an owned extent
     * @param block 0..255
     * @return its bit
     */
    public boolean isMapped(int extent, int block) {
        return BlockBitmap.get(chunk(extent).bitmap, bitmapBase(extent), block);
    }

    /**
     * Finds the end of a run of blocks of equal state.
     *
     * @param extent an owned extent
     * @param from first block
     * @param limit where to stop at the latest
     * @return first block after the run, or {@code limit}
     */
    public int runEnd(int extent, int from, int limit) {
        return BlockBitmap.runEnd(chunk(extent).bitmap, bitmapBase(extent), from, limit);
    }

    /**
     * Tells whether all blocks of a range are mapped.
     *
     * @param extent an owned extent
     * @param from first block
     * @param to after the last, above {@code from}
     * @return true if all are
     */
    public boolean allMapped(int extent, int from, int to) {
        return isMapped(extent, from) && runEnd(extent, from, to) == to;
    }

    /**
     * Tells whether any block of a range is mapped.
     *
     * @param extent an owned extent
     * @param from first block
     * @param to after the last
     * @return true if one is
     */
    public boolean anyMapped(int extent, int from, int to) {
        return BlockBitmap.anySet(chunk(extent).bitmap, bitmapBase(extent), from, to);
    }

    /**
     * Copies a bitmap.
     *
     * @param extent an owned extent
     * @return four words
     */
    public long[] bitmap(int extent) {
        int base = bitmapBase(extent);
        return Arrays.copyOfRange(chunk(extent).bitmap, base, base + WORDS);
    }

    /**
     * Counts the mapped blocks.
     *
     * @param extent an owned extent
     * @return 0..256
     */
    public int mappedCount(int extent) {
        return BlockBitmap.count(chunk(extent).bitmap, bitmapBase(extent));
    }

    /**
     * Tells whether the entry on the medium may still differ.
     *
     * @param extent an owned extent
     * @return true until a commit that began after its last change has ended
     */
    public boolean isUncommitted(int extent) {
        return (chunk(extent).state[index(extent)] & (DIRTY | COMMITTING)) != 0;
    }

    /**
     * Tells whether the end of the process could undo a change of the entry.
     *
     * @param extent an owned extent
     * @return true while it is uncommitted, unless {@link #intend} took it since its last change
     */
    public boolean isUnintended(int extent) {
        return (chunk(extent).state[index(extent)] & UNINTENDED) != 0;
    }

    /**
     * Tells whether any extent was freed that is still owned on the medium.
     *
     * @return true until a commit that began after the last freeing has ended
     */
    public boolean hasUncommittedFrees() {
        return uncommittedFrees > 0;
    }

    /**
     * Tells whether freeing the entry would bring back data that it hides.
     *
     * @param extent an owned extent
     * @return true if an ancestor holds its position, or a second entry of the owner
     */
    public boolean covers(int extent) {
        return (chunk(extent).state[index(extent)] & (COVERS | HIDES_DUPLICATE)) != 0;
    }

    /**
     * Tells whether the medium has a second entry of the same owner and position (damage).
     *
     * @param extent an owned extent
     * @return true if this one hides it where it stands
     */
    public boolean hidesDuplicate(int extent) {
        return (chunk(extent).state[index(extent)] & HIDES_DUPLICATE) != 0;
    }

    /**
     * Tells whether the entry has its owner on the medium too.
     *
     * @param extent an owned extent
     * @return false until the commit of its birth has ended
     */
    public synchronized boolean isDurable(int extent) {
        return chunk(extent).durableOwner[index(extent)] == chunk(extent).owner[index(extent)];
    }

    /**
     * Counts the extents that belong to somebody.
     *
     * @return number of extents
     */
    public synchronized int usedCount() {
        return usedCount;
    }

    // Changing, under the exclusive stripe of the position if a view shows it.

    /**
     * Enters what the medium has.
     *
     * @param extent device extent
     * @param owner 1..65535
     * @param position in the volume
     * @param bitmap holds four words
     * @param base index of the first
     */
    public synchronized void load(int extent, int owner, int position, long[] bitmap, int base) {
        fill(extent, owner, position, bitmap, base);
        chunk(extent).durableOwner[index(extent)] = (short) owner;
    }

    /**
     * Gives a free extent to a snapshot; its data is written already.
     *
     * @param extent device extent, free
     * @param owner 1..65535
     * @param position in the volume
     * @param bitmap four words
     * @param covers true if an ancestor holds that position
     */
    public synchronized void birth(
            int extent, int owner, long position, long[] bitmap, boolean covers) {
        reserveDirty();
        fill(extent, owner, (int) position, bitmap, 0);
        chunk(extent).state[index(extent)] &= (byte) ~HIDES_DUPLICATE;
        setCovers(extent, covers);
        markDirty(extent);
    }

    /**
     * Maps blocks; their data is written already.
     *
     * @param extent an owned extent
     * @param from first block
     * @param to after the last
     * @return true if a bit changed
     */
    public synchronized boolean map(int extent, int from, int to) {
        reserveDirty();
        boolean changed = BlockBitmap.set(chunk(extent).bitmap, bitmapBase(extent), from, to);
        if (changed) {
            markDirty(extent);
        }
        return changed;
    }

    /**
     * Unmaps blocks.
     *
     * @param extent an owned extent
     * @param from first block
     * @param to after the last
     * @return true if a bit changed
     */
    public synchronized boolean unmap(int extent, int from, int to) {
        reserveDirty();
        boolean changed = BlockBitmap.clear(chunk(extent).bitmap, bitmapBase(extent), from, to);
        if (changed) {
            markDirty(extent);
        }
        return changed;
    }

    /**
     * Takes an extent from its owner. No view may show it any more.
     *
     * @param extent an owned extent
     */
    public synchronized void free(int extent) {
        reserveDirty();
        Chunk chunk = chunk(extent);
        chunk.owner[index(extent)] = 0;
        chunk.position[index(extent)] = 0;
        BlockBitmap.clear(chunk.bitmap, bitmapBase(extent), 0, Geometry.EXTENT_BLOCKS);
        usedCount--;
        uncommittedFrees++;
        markDirty(extent);
    }

    /**
     * Gives an owned extent to another snapshot of the same chain.
     *
     * @param extent an owned extent
     * @param owner 1..65535
     * @param covers true if an ancestor of the new owner holds the position
     */
    public synchronized void relabel(int extent, int owner, boolean covers) {
        reserveDirty();
        chunk(extent).owner[index(extent)] = (short) owner;
        setCovers(extent, covers);
        markDirty(extent);
    }

    /**
     * Notes that a free extent has got an owner, on the medium already.
     *
     * @param extent device extent, free
     * @param owner 1..65535
     * @param position in the volume
     * @param bitmap four words
     * @param covers true if an ancestor holds that position
     */
    public synchronized void enter(
            int extent, int owner, long position, long[] bitmap, boolean covers) {
        load(extent, owner, (int) position, bitmap, 0);
        chunk(extent).state[index(extent)] &= (byte) ~HIDES_DUPLICATE;
        setCovers(extent, covers);
    }

    /**
     * Notes that an entry has moved, on the medium already, with everything that is known of it but
     * its bitmap. No change of it is left to be committed.
     *
     * @param from an owned extent, free afterwards
     * @param to a free extent
     * @param bitmap four words, what is mapped there
     */
    public synchronized void move(int from, int to, long[] bitmap) {
        Chunk old = chunk(from);
        int state = old.state[index(from)] & (COVERS | HIDES_DUPLICATE);
        int owner = old.owner[index(from)];
        fill(to, owner, old.position[index(from)], bitmap, 0);
        chunk(to).durableOwner[index(to)] = (short) owner;
        chunk(to).state[index(to)] = (byte) state;
        old.owner[index(from)] = 0;
        old.durableOwner[index(from)] = 0;
        old.position[index(from)] = 0;
        old.state[index(from)] = 0;
        BlockBitmap.clear(old.bitmap, bitmapBase(from), 0, Geometry.EXTENT_BLOCKS);
        usedCount--;
        moveCount++;
    }

    /**
     * Counts the moves. Two extents that were looked up are comparable if there was none between.
     *
     * @return changes with each
     */
    public int moveCount() {
        return moveCount;
    }

    /**
     * Tells whether an entry is what it was.
     *
     * @param extent device extent
     * @param owner 1..65535
     * @param position in the volume
     * @return false if it is free or another's
     */
    public synchronized boolean isEntryOf(int extent, int owner, long position) {
        Chunk chunk = chunks[extent >> CHUNK_BITS];
        return chunk != null
                && Short.toUnsignedInt(chunk.owner[index(extent)]) == owner
                && Integer.toUnsignedLong(chunk.position[index(extent)]) == position;
    }

    /**
     * Returns the position of an entry.
     *
     * @param extent an owned extent
     * @return 0..2^32-1
     */
    public synchronized long position(int extent) {
        return Integer.toUnsignedLong(chunk(extent).position[index(extent)]);
    }

    /**
     * Lists the owned extents, a chunk at a time.
     *
     * @return ascending
     */
    public int[] owned() {
        IntStream.Builder owned = IntStream.builder();
        scan((extent, owner, position) -> owned.add(extent));
        return owned.build().toArray();
    }

    /**
     * Notes whether an ancestor holds the position.
     *
     * @param extent an owned extent
     * @param covers as {@link #covers} shall answer
     */
    public synchronized void setCovers(int extent, boolean covers) {
        byte[] state = chunk(extent).state;
        int index = index(extent);
        state[index] = (byte) (covers ? state[index] | COVERS : state[index] & ~COVERS);
    }

    /**
     * Notes that a second entry of the same owner and position is hidden by this one.
     *
     * @param extent an owned extent
     */
    public synchronized void setHidesDuplicate(int extent) {
        chunk(extent).state[index(extent)] |= HIDES_DUPLICATE;
    }

    // Whole-table work.

    /**
     * Shows all owned entries. Takes the lock for a chunk at a time, so what the visitor saw may
     * have changed when it sees the next.
     *
     * @param visitor sees them
     */
    public void scan(Visitor visitor) {
        for (int c = 0; c < chunks.length; c++) {
            visitChunk(c, visitor);
        }
    }

    /**
     * Shows all owned entries as they are at one moment: nobody changes any meanwhile.
     *
     * @param visitor sees them, quickly
     */
    public synchronized void scanAtOnce(Visitor visitor) {
        for (int c = 0; c < chunks.length; c++) {
            visitChunk(c, visitor);
        }
    }

    private synchronized void visitChunk(int number, Visitor visitor) {
        Chunk chunk = chunks[number];
        for (int i = 0; chunk != null && i < CHUNK_SIZE; i++) {
            if (chunk.owner[i] != 0) {
                visitor.visit(
                        (number << CHUNK_BITS) + i,
                        Short.toUnsignedInt(chunk.owner[i]),
                        Integer.toUnsignedLong(chunk.position[i]));
            }
        }
    }

    /**
     * Goes on with the numbers of another session.
     *
     * @param number of the next commit
     */
    public synchronized void numberCommitsFrom(long number) {
        commitNumber = number;
    }

    /**
     * An intent and its place among those of the same commit. An extent keeps its place.
     *
     * @param intent of the entry as it is
     * @param index from 0
     * @param isNew true if the extent had none before
     */
    public record Intended(Intent intent, int index, boolean isNew) {}

    /**
     * Prepares an intent: with it in the log, the entry is found as it is now after the end of the
     * process, unless a commit that holds it has come. There is none of what may depend on
     * something else that is uncommitted: of an entry that changes its owner, of a new one while
     * extents are being freed (its position may be taken on the medium), of one that only the
     * commit that runs changes, and while a transaction is under way (it may be what makes the
     * owner). Called with the stripe locked exclusively, after the change.
     *
     * @param extent an owned extent
     * @param indexMax how many extents may have intents for one commit
     * @return to be written before the stripe is unlocked, or taken back with {@link #unintended};
     *     null if there is none, so that the change has to be committed
     */
    public synchronized @Nullable Intended intend(int extent, int indexMax) {
        Chunk chunk = chunk(extent);
        int index = index(extent);
        short durable = chunk.durableOwner[index];
        boolean alone = durable == 0 ? uncommittedFrees == 0 : durable == chunk.owner[index];
        if (!alone || transacting || (chunk.state[index] & DIRTY) == 0) {
            return null;
        }
        boolean isNew = chunk.intent[index] == 0;
        if (isNew && intentCount == indexMax) {
            return null;
        }
        int place = isNew ? intentCount : chunk.intent[index] - 1;
        Intent intent =
                new Intent(
                        commitNumber, extent, owner(extent), chunk.position[index], bitmap(extent));
        Intended intended = new Intended(intent, place, isNew);
        // Only now: what comes before may run out of memory.
        if (isNew) {
            chunk.intent[index] = (short) ++intentCount;
        }
        chunk.state[index] &= (byte) ~UNINTENDED;
        return intended;
    }

    /**
     * Takes an intent back that could not be written.
     *
     * @param extent of {@link #intend}, before the next {@link #take}
     */
    public synchronized void unintended(int extent) {
        chunk(extent).state[index(extent)] |= UNINTENDED;
    }

    /**
     * Makes an entry what an intent says, as a change that is to be committed.
     *
     * @param intent found after the end of the process that wrote it
     * @return false if the extent is another's
     */
    public synchronized boolean carryOut(Intent intent) {
        int extent = intent.extent();
        if (owner(extent) == 0) {
            long position = Integer.toUnsignedLong(intent.position());
            birth(extent, intent.owner(), position, intent.bitmap(), false);
            return true;
        }
        Chunk chunk = chunk(extent);
        if (owner(extent) != intent.owner() || chunk.position[index(extent)] != intent.position()) {
            return false;
        }
        reserveDirty();
        System.arraycopy(intent.bitmap(), 0, chunk.bitmap, bitmapBase(extent), WORDS);
        markDirty(extent);
        return true;
    }

    /**
     * Begins a commit: copies every entry that changed since the last one began.
     *
     * @param withTransactions true if there is more to it
     * @return what to make durable
     */
    public synchronized ExtentChanges take(boolean withTransactions) {
        ExtentChanges changes = new ExtentChanges(commitNumber++, dirtyCount);
        intentCount = 0;
        transacting = withTransactions;
        Arrays.sort(dirty, 0, dirtyCount); // neighbours share a block of the table
        for (int i = 0; i < dirtyCount; i++) {
            int extent = dirty[i];
            Chunk chunk = chunk(extent);
            int index = index(extent);
            chunk.state[index] = (byte) ((chunk.state[index] & ~DIRTY) | COMMITTING);
            chunk.intent[index] = 0;
            changes.extents()[i] = extent;
            changes.durableOwners()[i] = Short.toUnsignedInt(chunk.durableOwner[index]);
            changes.owners()[i] = Short.toUnsignedInt(chunk.owner[index]);
            changes.positions()[i] = chunk.position[index];
            System.arraycopy(chunk.bitmap, bitmapBase(extent), changes.bitmaps(), i * WORDS, WORDS);
        }
        dirtyCount = 0;
        if (dirty.length > 1 << 16) {
            dirty = new int[64];
        }
        return changes;
    }

    /**
     * Ends a commit.
     *
     * @param changes what has become durable
     */
    public synchronized void committed(ExtentChanges changes) {
        transacting = false;
        for (int i = 0; i < changes.count(); i++) {
            int extent = changes.extents()[i];
            Chunk chunk = chunk(extent);
            chunk.durableOwner[index(extent)] = (short) changes.owners()[i];
            boolean changed = (chunk.state[index(extent)] & DIRTY) != 0;
            chunk.state[index(extent)] &= (byte) ~(changed ? COMMITTING : COMMITTING | UNINTENDED);
            uncommittedFrees -= changes.owners()[i] == 0 ? 1 : 0;
        }
    }

    private void fill(int extent, int owner, int position, long[] bitmap, int base) {
        int number = extent >> CHUNK_BITS;
        Chunk chunk = chunks[number];
        if (chunk == null) {
            chunk = new Chunk();
            chunks[number] = chunk;
        }
        if (chunk.owner[index(extent)] != 0) {
            throw new IllegalStateException("extent " + extent + " is owned already");
        }
        chunk.owner[index(extent)] = (short) owner;
        chunk.position[index(extent)] = position;
        System.arraycopy(bitmap, base, chunk.bitmap, bitmapBase(extent), WORDS);
        usedCount++;
    }

    private void markDirty(int extent) {
        byte[] state = chunk(extent).state;
        int index = index(extent);
        state[index] |= UNINTENDED;
        if ((state[index] & DIRTY) != 0) {
            return;
        }
        dirty[dirtyCount++] = extent;
        state[index] |= DIRTY;
    }

    /**
     * Makes room for one more changed entry. First of all in every change, because it may run out
     * of memory: a change that is not in the list would never reach the medium.
     */
    private void reserveDirty() {
        if (dirtyCount == dirty.length) {
            dirty = Arrays.copyOf(dirty, dirty.length * 2);
        }
    }

    private Chunk chunk(int extent) {
        Chunk chunk = chunks[extent >> CHUNK_BITS];
        if (chunk == null) {
            throw new IllegalStateException("extent " + extent + " is not owned");
        }
        return chunk;
    }

    private static int index(int extent) {
        return extent & CHUNK_SIZE - 1;
    }

    private static int bitmapBase(int extent) {
        return index(extent) * WORDS;
    }
}
