package org.dbstore.backend.volume;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.Geometry;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives the space of blocks back that were unmapped within extents which stay. A hole is punched
 * when the medium has the blocks as unmapped, and with the stripe of the position locked: then no
 * write into them is under way, and one that comes later comes after the hole.
 */
final class UnmappedHoles {
    /** Smaller holes would win little and split the file into many pieces. */
    private static final int BLOCKS_MIN = 4;

    /** Positions that wait; of more the space stays in use. */
    private static final int POSITIONS_MAX = 4096;

    /** More than these are left to a thread, so that no flush waits for them. */
    private static final int FEW = 64;

    private static final Logger LOG = LogManager.getLogger(UnmappedHoles.class);

    private final StoreParts parts;
    private final StripeLocks stripes;
    private final ExtentMap map;
    private final Head head;
    private final ExtentTable table;
    private Map<Long, long[]> waiting = new HashMap<>(); // guarded by this: unmapped blocks
    private boolean working; // guarded by this: the thread is there
    private volatile boolean none = true; // written under the lock

    UnmappedHoles(StoreParts parts, StripeLocks stripes, ExtentMap map, Head head) {
        this.parts = parts;
        this.stripes = stripes;
        this.map = map;
        this.head = head;
        this.table = parts.table();
    }

    /** Notes that blocks were unmapped. */
    synchronized void add(long position, int from, int to) {
        if (waiting.size() < POSITIONS_MAX || waiting.containsKey(position)) {
            long[] blocks = waiting.computeIfAbsent(position, p -> new long[BlockBitmap.WORDS]);
            BlockBitmap.set(blocks, 0, from, to);
            none = false;
        }
    }

    boolean areNone() {
        return none;
    }

    /** Punches what is committed, if that is little; otherwise a thread does it. */
    void punchFew() {
        boolean few;
        synchronized (this) {
            few = waiting.size() <= FEW;
        }
        if (few) {
            punch();
        } else {
            punchInBackground();
        }
    }

    /** Lets a thread punch what is committed. */
    synchronized void punchInBackground() {
        if (working || none || !head.isOpen()) {
            return; // what the thread does not see any more, the next commit brings back
        }
        try {
            Thread.ofPlatform().daemon().name("dbs-punch").start(this::work);
            working = true;
        } catch (OutOfMemoryError e) {
            LOG.warn("no thread to give unmapped space back with", e);
        }
    }

    private void work() {
        try {
            punch();
        } finally {
            synchronized (this) {
                working = false;
                notifyAll();
            }
        }
    }

    /** Punches what is committed, as before the end of the volume. */
    void punchNow() {
        if (!none) {
            punch();
        }
    }

    /** Returns when the thread is gone; after the end of the volume none comes any more. */
    synchronized void awaitThread() {
        while (working) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a thread of the engine", e);
            }
        }
    }

    private void punch() {
        Map<Long, long[]> taken;
        synchronized (this) {
            taken = waiting;
            waiting = new HashMap<>();
            none = true;
        }
        taken.forEach(this::punchExclusively);
    }

    private void punchExclusively(long position, long[] blocks) {
        int stripe = StripeLocks.stripeOf(position);
        long stamp = stripes.lockExclusive(stripe);
        try {
            if (head.isOpen() && position < map.positionCount()) {
                punch(position, blocks);
            }
        } finally {
            stripes.unlockExclusive(stripe, stamp);
        }
    }

    /** Punches the holes of one position; its stripe is locked. */
    private void punch(long position, long[] blocks) {
        int extent = map.get(position);
        if (extent == ExtentMap.NONE) {
            return; // it was freed as a whole
        }
        if (table.isUncommitted(extent)) {
            waitAgain(position, blocks);
            return;
        }
        int block = 0;
        while (block < Geometry.EXTENT_BLOCKS) {
            int end = table.runEnd(extent, block, Geometry.EXTENT_BLOCKS);
            if (!table.isMapped(extent, block)
                    && end - block >= BLOCKS_MIN
                    && BlockBitmap.anySet(blocks, 0, block, end)) {
                punch(extent, block, end);
            }
            block = end;
        }
    }

    private synchronized void waitAgain(long position, long[] blocks) {
        long[] more = waiting.computeIfAbsent(position, p -> new long[BlockBitmap.WORDS]);
        for (int word = 0; word < BlockBitmap.WORDS; word++) {
            more[word] |= blocks[word];
        }
        none = false;
    }

    private void punch(int extent, int from, int to) {
        try {
            parts.device()
                    .punchHole(
                            parts.geometry().extentOffset(extent)
                                    + (long) from * Geometry.BLOCK_BYTES,
                            (long) (to - from) * Geometry.BLOCK_BYTES);
        } catch (IOException e) {
            // Only space is lost: nobody reads what is unmapped.
            LOG.warn("{} blocks of extent {} keep their space", to - from, extent, e);
        }
    }
}
