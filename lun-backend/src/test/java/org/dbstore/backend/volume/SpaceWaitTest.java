package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.BlockDevice;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Goal: a device is full only when nothing comes back, and nobody waits for more than he needs. */
class SpaceWaitTest {
    private static final int BLOCK = 4096;

    /** So many that they are given back in pieces. */
    private static final int DELETED_EXTENTS = 40;

    private static final int WRITES = 10;

    /** Punching takes its time. */
    private static final class SlowPunches extends FaultyDevice {
        private final AtomicInteger punched = new AtomicInteger();

        SlowPunches(BlockDevice device) {
            super(device);
        }

        @Override
        public void punchHole(long offset, long lengthBytes) throws IOException {
            LockSupport.parkNanos(20_000_000);
            super.punchHole(offset, lengthBytes);
            punched.addAndGet((int) (lengthBytes / MIB));
        }
    }

    private static void fill(Volume volume) {
        assertFails(
                BackendError.NO_SPACE,
                () -> {
                    for (long at = 0; at < volume.sizeBytes(); at += MIB) {
                        Bytes.write(volume, at, Bytes.random(BLOCK, at));
                    }
                });
    }

    @Test
    void whoWritesToAFullDeviceWaitsForSomeOfADeletionNotForAll() throws Exception {
        SlowPunches device = new SlowPunches(Stores.initialized());
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("deleted", DELETED_EXTENTS * MIB);
            store.createVolume("v", 200 * MIB);
            Volume deleted = store.openVolume("deleted");
            for (long at = 0; at < deleted.sizeBytes(); at += MIB) {
                Bytes.write(deleted, at, Bytes.random(BLOCK, at));
            }
            store.release(deleted);
            Volume volume = store.openVolume("v");
            fill(volume);
            store.deleteVolume("deleted");

            for (int i = 1; i <= WRITES; i++) {
                Bytes.write(volume, volume.sizeBytes() - i * MIB, Bytes.random(BLOCK, i));
            }

            assertTrue(device.punched.get() < DELETED_EXTENTS, "there is more to come");
        }
    }
}
