package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Goal: the id of a layer that is gone may be another's at once, and nobody takes one for the
 * other.
 */
@Timeout(60)
class ReusedIdTest {
    /** The last one that a layer may have: behind it the round of ids begins again. */
    private static final int LAST_ID = 65534;

    /** Holds the thread that clones as soon as it reads data, until it may. */
    private static final class SlowClones extends FaultyDevice {
        private final CountDownLatch mayCopy = new CountDownLatch(1);

        SlowClones(MemoryBlockDevice device) {
            super(device);
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            if (Thread.currentThread().getName().equals("clone")) {
                try {
                    mayCopy.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            super.read(offset, target);
        }
    }

    /** A volume has the last id, so the next one is the lowest that is free. */
    private static MemoryBlockDevice device() throws Exception {
        MemoryBlockDevice device = Stores.initialized();
        try (BlockStore store = Stores.openPlain(device)) {
            store.createVolume("v", 4 * MIB); // head 1
            store.createVolume("w", 4 * MIB); // head 2
            store.createVolume("last", MIB); // head 3, for now
        }
        ByteBuffer entry = ByteBuffer.allocate(SnapshotEntry.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        device.read(Geometry.snapshotEntryOffset(3), entry);
        device.write(Geometry.snapshotEntryOffset(LAST_ID), entry.flip());
        device.write(Geometry.snapshotEntryOffset(3), ByteBuffer.allocate(SnapshotEntry.BYTES));
        ByteBuffer head = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        device.write(Geometry.volumeEntryOffset(2), head.putShort(0, (short) LAST_ID));
        try (BlockStore store = Stores.open(device)) {
            write(store, "v", 1);
            write(store, "w", 2);
            store.createSnapshot("v"); // 1 is frozen, the head is 3
            write(store, "v", 3);
            store.linkClone(1, "c"); // head 4
            write(store, "c", 4);
            store.deleteSnapshot(1); // hidden: two need it
        }
        return device;
    }

    private static void write(BlockStore store, String name, int seed) throws BackendException {
        Volume volume = store.openVolume(name);
        for (int extent = seed % 2; extent < 4; extent++) {
            Bytes.write(volume, extent * MIB, Bytes.random(8192, seed * 100 + extent));
        }
        store.release(volume);
    }

    @Test
    void behindTheLastIdTheLowestThatIsFreeIsNext() throws Exception {
        try (BlockStore store = Stores.open(device())) {
            store.deleteVolume("c");
            store.createVolume("new", MIB);
            assertEquals(1, store.volume("new").headSnapshotId());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aCloneThatIsBeingMadeIsNotTakenForWhatIsBeingDeleted(int forces) throws Exception {
        SlowClones device = new SlowClones(device());
        try (BlockStore store = Stores.open(device)) {
            Thread deleting = Thread.currentThread();
            CompletableFuture<Void> cloned = new CompletableFuture<>();
            Thread clone =
                    Thread.ofPlatform()
                            .name("clone")
                            .unstarted(() -> {
                                try {
                                    store.cloneSnapshot(2, "copy", (done, of) -> {});
                                    cloned.complete(null);
                                } catch (BackendException | RuntimeException e) {
                                    cloned.completeExceptionally(e);
                                }
                            });
            AtomicInteger left = new AtomicInteger(forces);
            device.onForce(() -> {
                if (Thread.currentThread().equals(deleting) && left.decrementAndGet() == 0) {
                    clone.start();
                    while (clone.getState() != Thread.State.WAITING && clone.isAlive()) {
                        Thread.onSpinWait(); // until it waits for its commit, which is behind this
                    }
                }
            });
            store.deleteVolume("c");
            device.onForce(() -> {});
            if (clone.getState() == Thread.State.NEW) {
                clone.start();
            }
            device.mayCopy.countDown();
            cloned.get();
            assertArrayEquals(content(store, "w"), content(store, "copy"));
        }
        try (BlockStore store = Stores.open(device)) {
            assertArrayEquals(content(store, "w"), content(store, "copy"));
        }
    }
}
