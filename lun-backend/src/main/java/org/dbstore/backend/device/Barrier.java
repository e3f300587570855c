package org.dbstore.backend.device;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.io.IOException;

/**
 * The only way to the medium's force. One at a time: the kernel reports a lost write to one caller
 * only, so a second force beside the failing one would succeed and promise what is not there.
 */
public final class Barrier {
    private final BlockDevice device;
    private final StoreHealth health;
    private volatile long count; // written under the monitor
    private volatile long nanos; // written under the monitor

    /**
     * Creates the barrier of a device.
     *
     * @param device to be forced
     * @param health failed by the first force that fails
     */
    public Barrier(BlockDevice device, StoreHealth health) {
        this.device = device;
        this.health = health;
    }

    /**
     * Returns when everything written before is on the medium.
     *
     * @throws BackendException {@link BackendError#FAILED}; never retried
     */
    public synchronized void force() throws BackendException {
        health.check();
        long began = System.nanoTime();
        try {
            device.force();
            nanos = nanos + (System.nanoTime() - began);
            count = count + 1;
        } catch (IOException e) {
            throw health.fail("force of " + device.name(), e);
        }
    }

    /**
     * Punches a hole while nothing is forced. Punching waits for what of the hole is on its way to
     * the medium, which a force sets on its way, and keeps all writers waiting meanwhile.
     *
     * @param offset first byte
     * @param lengthBytes number of bytes
     * @return nanoseconds that the punching took, without the wait for a force
     * @throws IOException if the medium failed
     */
    public synchronized long punchBetweenForces(long offset, long lengthBytes) throws IOException {
        long began = System.nanoTime();
        device.punchHole(offset, lengthBytes);
        return System.nanoTime() - began;
    }

    /**
     * Counts the forces.
     *
     * @return since the device was opened
     */
    public long count() {
        return count;
    }

    /**
     * Adds up how long they took.
     *
     * @return since the device was opened, in nanoseconds
     */
    public long nanos() {
        return nanos;
    }
}
