package org.dbstore.backend.commit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

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
     * Ends the present step: what follows must not be on the medium without what came before.
     *
     * @return this
     */
    public Transaction barrier() {
        if (!step.isEmpty()) {
            steps.add(step);
            step = new ArrayList<>();
        }
        return this;
    }

    /** Returns the steps that hold anything. */
    List<List<Patch>> steps() {
        barrier();
        return steps;
    }
}
