package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.format.Geometry;

import java.io.IOException;

/**
 * The way of a durably freed extent back to the allocator: its space goes to what lies below first,
 * because a hole punched later would destroy the next owner's data.
 */
final class Reclaimer {
    /** More than these are punched in a thread of their own, so that no commit waits for them. */
    private static final int INLINE_EXTENTS_MAX = 256;

    private static final Logger LOG = LogManager.getLogger(Reclaimer.class);

    private final BlockDevice device;
    private final Geometry geometry;
    private final ExtentAllocator allocator;
    private long announced; // guarded by this
    private long done; // guarded by this

    Reclaimer(BlockDevice device, Geometry geometry, ExtentAllocator allocator) {
        this.device = device;
        this.geometry = geometry;
        this.allocator = allocator;
    }

    /** Announces a {@link #reclaim}, so that {@link #await} waits for it from now on. */
    synchronized void begin() {
        announced++;
    }

    /**
     * Punches and releases extents; ends what {@link #begin} announced.
     *
     * @param extents ascending
     */
    void reclaim(int[] extents) {
        if (extents.length <= INLINE_EXTENTS_MAX) {
            reclaimAll(extents);
        } else {
            Thread.ofPlatform().daemon().name("dbs-reclaim").start(() -> reclaimAll(extents));
        }
    }

    private void reclaimAll(int[] extents) {
        try {
            int first = 0;
            for (int i = 1; i <= extents.length; i++) {
                if (i == extents.length || extents[i] != extents[i - 1] + 1) {
                    reclaimRun(extents[first], i - first);
                    first = i;
                }
            }
        } finally {
            end();
        }
    }

    /** Returns when nothing that was announced is left to do. */
    synchronized void await() {
        while (done < announced) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a thread of the engine", e);
            }
        }
    }

    private synchronized void end() {
        done++;
        notifyAll();
    }

    private void reclaimRun(int firstExtent, int count) {
        try {
            device.punchHole(
                    geometry.extentOffset(firstExtent), (long) count * Geometry.EXTENT_BYTES);
        } catch (IOException e) {
            // Only space is lost: an extent's old contents never show again, punched or not.
            LOG.warn("{} extents at {} keep their space", count, firstExtent, e);
        }
        for (int i = 0; i < count; i++) {
            // Beyond the usable extents lie those of a device that the original overfilled.
            if (firstExtent + i < geometry.usableExtents()) {
                allocator.release(firstExtent + i);
            }
        }
    }
}
