package org.dbstore.backend.commit;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/**
 * Appends records to the journal. One half is written while the other, older one may still be
 * needed; before a half is begun, all that the other has must be at home.
 *
 * <p>Belongs to the leader of the commit.
 */
final class Journal {
    private static final int USUAL_BLOCKS = 16;

    private final BlockRuns runs;
    private final long firstBlock;
    private final UUID device;
    private ByteBuffer record = recordOf(USUAL_BLOCKS);
    private long lastSequence;
    private int half;
    private int usedBlocks;
    private final LongAdder writtenBytes = new LongAdder();

    /** For those who only look. */
    private volatile double use;

    private long start;
    private long commit;

    /**
     * Creates the journal at the beginning of a half.
     *
     * @param runs writes to the device
     * @param firstBlock of the journal's extent
     * @param device identity of the device
     * @param lastSequence of the records that are there, 0 = none
     * @param commit the last that is whole with them, 0 = none
     * @param half to write to: not the one that is still needed
     */
    Journal(
            BlockRuns runs,
            long firstBlock,
            UUID device,
            long lastSequence,
            long commit,
            int half) {
        this.runs = runs;
        this.firstBlock = firstBlock;
        this.device = device;
        this.lastSequence = lastSequence;
        this.commit = commit;
        this.half = half;
    }

    /** Notes that the next record has what was left of a commit's entries. */
    void completes(long number) {
        commit = number;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** Bytes written; from any thread. */
    long writtenBytes() {
        return writtenBytes.sum();
    }

    /** How full the present half is, 0..1; from any thread. */
    double use() {
        return use;
    }

    boolean fits(int images) {
        return usedBlocks + 1 + images <= JournalRecord.HALF_BLOCKS;
    }

    /** Begins the other half, if this one has been begun. All that was written is at home. */
    void switchHalf() {
        if (usedBlocks > 0) {
            half = 1 - half;
            usedBlocks = 0;
        }
    }

    /**
     * Writes a record. Does not force.
     *
     * @param images that fit, by block number
     */
    void append(NavigableMap<Long, ByteBuffer> images) throws BackendException {
        long sequence = lastSequence + 1;
        if (usedBlocks == 0) {
            start = sequence;
        }
        long[] blocks = new long[images.size()];
        int count = 0;
        if ((1 + blocks.length) * JournalRecord.BLOCK_BYTES > record.capacity()) {
            record = recordOf(JournalRecord.HALF_BLOCKS);
        }
        record.clear().position(JournalRecord.BLOCK_BYTES);
        for (Map.Entry<Long, ByteBuffer> image : images.entrySet()) {
            blocks[count++] = image.getKey();
            record.put(image.getValue().duplicate().clear());
        }
        record.flip();
        JournalRecord header = new JournalRecord(sequence, start, commit, device, blocks);
        header.writeHeader(record);
        runs.write(firstBlock + (long) half * JournalRecord.HALF_BLOCKS + usedBlocks, record);
        usedBlocks += header.lengthBlocks();
        use = usedBlocks / (double) JournalRecord.HALF_BLOCKS;
        writtenBytes.add((long) header.lengthBlocks() * JournalRecord.BLOCK_BYTES);
        lastSequence = sequence;
    }

    private static ByteBuffer recordOf(int blocks) {
        return AlignedBuffers.allocate(blocks * JournalRecord.BLOCK_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    static long firstBlock(Geometry geometry, int extent) {
        return geometry.extentOffset(extent) / Geometry.BLOCK_BYTES;
    }
}
