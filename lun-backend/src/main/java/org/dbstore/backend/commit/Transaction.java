package org.dbstore.backend.commit;

import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes of metadata that belong together, in the order in which they may reach the medium. A
 * commit makes the whole durable: where one journal record holds it, at once; otherwise step by
 * step, so each step must leave something that an opening understands.
 *
 * <p>Built by one thread, then handed to {@link GroupCommit}; not changed afterwards.
 */
public final class Transaction {
    private final List<List<Patch>> steps = new ArrayList<>();
    private List<Patch> step = new ArrayList<>();

    /** Where the present step has the blocks that are changed as a whole, by offset. */
    private final Map<Long, Integer> blocks = new HashMap<>();

    private int features = -1;
    private long highWater;
    private boolean data;
    private @Nullable ReservedExtents reserved;

    /**
     * New bytes for a place on the device.
     *
     * @param offset first byte
     * @param bytes from position to limit
     */
    record Patch(long offset, ByteBuffer bytes) {}

    /**
     * Adds a change to the present step.
     *
     * @param offset first byte on the device, within the metadata
     * @param bytes from position to limit; not changed afterwards
     * @return this
     */
    public Transaction patch(long offset, ByteBuffer bytes) {
        step.add(new Patch(offset, bytes.duplicate()));
        return this;
    }

    /**
     * As {@link #patch} for a whole block that is only changed as a whole: what the present step
     * already has for it is replaced, however often it is changed.
     *
     * @param offset first byte of the block
     * @param bytes the block, from position to limit; not changed afterwards
     * @return this
     */
    public Transaction patchBlock(long offset, ByteBuffer bytes) {
        Integer present = blocks.putIfAbsent(offset, step.size());
        if (present == null) {
            return patch(offset, bytes);
        }
        step.set(present, new Patch(offset, bytes.duplicate()));
        return this;
    }

    /**
     * Ends the present step: what follows must not be on the medium without what came before.
     *
     * @return this
     */
    public Transaction barrier() {
        if (!step.isEmpty()) {
            steps.add(step);
            step = new ArrayList<>();
            blocks.clear();
        }
        return this;
    }

    /**
     * Sets what kind of device it is, of {@link org.dbstore.backend.format.Superblock}; the version
     * follows. Needs the journal.
     *
     * @param newFeatures bits, without OPEN
     * @return this
     */
    public Transaction features(int newFeatures) {
        features = newFeatures;
        return this;
    }

    /**
     * Notes that the transaction leads to data that was written and must be on the medium first.
     *
     * @return this
     */
    public Transaction needsData() {
        data = true;
        return this;
    }

    /**
     * Notes that extents below a mark come into use, and that their data is written already.
     *
     * @param newHighWater number of extents; a lower one than the device has changes nothing
     * @return this
     */
    public Transaction uses(long newHighWater) {
        highWater = newHighWater;
        data = true;
        return this;
    }

    /** Notes that there are more reserved extents. */
    Transaction reserves(ReservedExtents extents) {
        reserved = extents;
        return this;
    }

    /** Returns all reserved extents if there are more now, otherwise null. */
    @Nullable ReservedExtents reserved() {
        return reserved;
    }

    /** Returns the features to be set, -1 = as they are. */
    int features() {
        return features;
    }

    long highWater() {
        return highWater;
    }

    /** Returns true if data was written that must be on the medium first. */
    boolean hasData() {
        return data;
    }

    /** Returns how many blocks the patches touch. */
    int blockCount() {
        Set<Long> blocks = new HashSet<>();
        for (List<Patch> one : steps()) {
            for (Patch patch : one) {
                long last = (patch.offset() + patch.bytes().remaining() - 1) / Geometry.BLOCK_BYTES;
                for (long b = patch.offset() / Geometry.BLOCK_BYTES; b <= last; b++) {
                    blocks.add(b);
                }
            }
        }
        return blocks.size();
    }

    /** Returns the steps that hold anything. */
    List<List<Patch>> steps() {
        barrier();
        return steps;
    }
}
