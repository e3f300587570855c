package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Goal: an atomic write reads as any other, leaves snapshots and its neighbourhood alone, and gives
 * back what it replaces. {@code AtomicWriteCrashTest} has the losses of power.
 */
class AtomicPathTest {
    private static final int VOLUME_EXTENTS = 8;

    private final MemoryBlockDevice device = Stores.initialized();
    private final BlockStore store = Stores.open(device);
    private final Volume volume = create("v", VOLUME_EXTENTS);

    AtomicPathTest() throws BackendException {}

    private Volume create(String name, int extents) throws BackendException {
        store.createVolume(name, extents * MIB);
        return store.openVolume(name);
    }

    private static void write(Volume volume, long offset, byte[] data) throws BackendException {
        volume.writeAtomically(offset, Bytes.direct(data));
    }

    @Test
    void anyRangeReadsAsIfWrittenPlainly() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        byte[] expected = new byte[VOLUME_EXTENTS << 20];
        for (int i = 0; i < 120; i++) {
            int length = 512 * (1 + random.nextInt(i % 3 == 0 ? 2048 : 24));
            int offset = 512 * random.nextInt((expected.length - length) / 512 + 1);
            byte[] data = Bytes.random(length, i);
            if (i % 4 == 3) {
                Bytes.write(volume, offset, data);
            } else {
                write(volume, offset, data);
            }
            System.arraycopy(data, 0, expected, offset, length);
            if (i % 40 == 39) {
                volume.unmap(2 * MIB, MIB);
                Arrays.fill(expected, 2 << 20, 3 << 20, (byte) 0);
                store.createSnapshot("v");
            }
        }
        assertArrayEquals(expected, Stores.content(store, "v"));
        store.close();
        try (BlockStore again = Stores.open(device)) {
            assertArrayEquals(expected, Stores.content(again, "v"));
        }
    }

    @Test
    void snapshotsNeverChange() throws Exception {
        byte[] old = Bytes.random(2 << 20, 1);
        Bytes.write(volume, 0, old);
        int snapshot = store.createSnapshot("v");
        write(volume, 512 << 10, Bytes.random(1 << 20, 2));
        assertArrayEquals(old, Arrays.copyOf(Stores.content(store, snapshot), 2 << 20));
    }

    @Test
    void extentsThatAreReplacedComeBack() throws Exception {
        Bytes.write(volume, 0, Bytes.random(2 << 20, 1));
        volume.flush();
        long used = store.info().usedExtents();
        for (int i = 0; i < 300; i++) { // three times as many as the device has
            write(volume, (1 << 20) - 4096, Bytes.random(8192, i));
        }
        assertEquals(used, store.info().usedExtents());
        assertArrayEquals(Bytes.random(8192, 299), Bytes.read(volume, (1 << 20) - 4096, 8192));
    }

    @Test
    void onAFullDeviceItIsRefusedAndChangesNothing() throws Exception {
        byte[] old = Bytes.random(2 << 20, 1);
        Bytes.write(volume, 0, old);
        Volume filler = create("filler", 200);
        assertFails(
                BackendError.NO_SPACE,
                () -> {
                    for (int extent = 0; extent < 200; extent++) {
                        Bytes.write(filler, extent * MIB, new byte[] {1, 2, 3, 4});
                    }
                });
        assertFails(
                BackendError.NO_SPACE,
                () -> write(volume, (1 << 20) - 4096, Bytes.random(8192, 2)));
        assertArrayEquals(old, Bytes.read(volume, 0, 2 << 20));
        filler.unmap(0, 4 * MIB);
        write(volume, (1 << 20) - 4096, Bytes.random(8192, 2));
        assertArrayEquals(Bytes.random(8192, 2), Bytes.read(volume, (1 << 20) - 4096, 8192));
    }

    @Test
    @Timeout(60)
    void onAFullFileSystemItIsRefusedAndChangesNothing() throws Exception {
        byte[] old = Bytes.random(8192, 1);
        FaultyDevice faulty = new FaultyDevice(Stores.initialized());
        try (BlockStore full = Stores.open(faulty)) {
            full.createVolume("v", MIB);
            Volume head = full.openVolume("v");
            Bytes.write(head, 0, old);
            head.flush();
            faulty.failWrites(offset -> true, DeviceIo.noSpaceText());
            assertFails(BackendError.NO_SPACE, () -> write(head, 0, Bytes.random(8192, 2)));
            faulty.failWrites(offset -> false, "");
            assertArrayEquals(old, Bytes.read(head, 0, 8192));
            write(head, 0, Bytes.random(8192, 3));
            assertArrayEquals(Bytes.random(8192, 3), Bytes.read(head, 0, 8192));
        }
    }

    @Test
    @Timeout(60)
    void whoFindsItHoldingTheLastFreeExtentWaitsForTheOneThatComesBack() throws Exception {
        FaultyDevice faulty = new FaultyDevice(Stores.initialized());
        try (BlockStore full = Stores.open(faulty)) {
            full.createVolume("v", 2 * MIB);
            full.createVolume("filler", 200 * MIB);
            Volume head = full.openVolume("v");
            Volume filler = full.openVolume("filler");
            Bytes.write(head, 0, Bytes.random(8192, 1));
            assertFails(
                    BackendError.NO_SPACE,
                    () -> {
                        for (int extent = 0; extent < 200; extent++) {
                            Bytes.write(filler, extent * MIB, new byte[512]);
                        }
                    });
            filler.unmap(0, MIB);
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Thread atomic = new Thread(task(() -> write(head, 0, Bytes.random(4096, 2))));
            faulty.onTransfer(offset -> {
                if (Thread.currentThread().equals(atomic)) {
                    holding.countDown();
                    task(go::await).run();
                }
            });
            atomic.start();
            holding.await();
            FutureTask<?> other = task(() -> Bytes.write(head, MIB, Bytes.random(4096, 3)));
            Thread hungry = new Thread(other);
            hungry.start();
            while (hungry.isAlive() && hungry.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            go.countDown();

            other.get();

            atomic.join();
            assertArrayEquals(Bytes.random(4096, 2), Bytes.read(head, 0, 4096));
            assertArrayEquals(Bytes.random(4096, 3), Bytes.read(head, MIB, 4096));
        }
    }

    /** Work that may fail. */
    private interface Work {
        void run() throws Exception;
    }

    private static FutureTask<?> task(Work work) {
        return new FutureTask<>(() -> {
            work.run();
            return true;
        });
    }

    @Test
    void nobodyGetsTheNewExtentOfACommitThatFailed() throws Exception {
        byte[] old = Bytes.random(4096, 1);
        byte[] wanted = Bytes.random(4096, 2);
        byte[] foreign = Bytes.random(4096, 3);
        MemoryBlockDevice medium = Stores.initialized();
        FaultyDevice faulty = new FaultyDevice(medium);
        BlockStore failing = Stores.open(faulty);
        failing.createVolume("v", 2 * StripeLocks.COUNT * MIB);
        Volume head = failing.openVolume("v");
        Bytes.write(head, 0, old);
        head.flush();
        // It has found the store healthy, and waits for the same stripe.
        Thread other =
                Thread.ofPlatform()
                        .unstarted(() ->
                                assertThrows(
                                        BackendException.class,
                                        () -> {
                                            Bytes.write(head, StripeLocks.COUNT * MIB, foreign);
                                            head.flush();
                                        }));
        AtomicInteger forces = new AtomicInteger();
        faulty.onForce(() -> {
            if (forces.incrementAndGet() == 1) {
                other.start();
                while (other.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
        });
        faulty.failForce(2); // the record has been written
        assertFails(BackendError.FAILED, () -> write(head, 0, wanted));
        other.join();
        assertThrows(BackendException.class, failing::close);

        try (BlockStore again = Stores.open(medium)) {
            assertArrayEquals(wanted, Arrays.copyOf(Stores.content(again, "v"), 4096));
        }
    }

    @Test
    void itIsOfferedOnlyWhereItCanBeHad() throws Exception {
        assertEquals(1 << 20, volume.atomicWriteBytesMax());
        assertThrows(
                IllegalArgumentException.class, () -> write(volume, 0, new byte[(1 << 20) + 1]));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> write(volume, VOLUME_EXTENTS * MIB - 512, new byte[1024]));
        write(volume, 0, new byte[0]);
        Volume snapshot = store.openSnapshot(store.createSnapshot("v"));
        assertEquals(0, snapshot.atomicWriteBytesMax());
        assertFails(BackendError.READ_ONLY, () -> write(snapshot, 0, new byte[512]));
        try (BlockStore plain = Stores.openPlain(Stores.initialized())) {
            plain.createVolume("v", MIB);
            Volume without = plain.openVolume("v");
            assertEquals(0, without.atomicWriteBytesMax());
            assertThrows(IllegalArgumentException.class, () -> write(without, 0, new byte[512]));
        }
    }

    @Test
    void nobodyReadsHalfOfItWhateverElseGoesOn() throws Exception {
        int length = 256 << 10;
        long offset = MIB - length / 2;
        AtomicBoolean over = new AtomicBoolean();
        write(volume, offset, filled(length, 0));
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Callable<Integer> reading =
                    () -> {
                        int values = 0;
                        byte last = -1;
                        while (!over.get()) {
                            byte[] found = Bytes.read(volume, offset, length);
                            assertArrayEquals(filled(length, found[0]), found);
                            values += found[0] == last ? 0 : 1;
                            last = found[0];
                        }
                        return values;
                    };
            Callable<Void> administration =
                    () -> {
                        while (!over.get()) {
                            store.vacuum(ProgressListener.NONE, () -> false);
                            store.deleteSnapshot(store.createSnapshot("v"));
                        }
                        return null;
                    };
            Future<Integer> reader = threads.submit(reading);
            Future<Void> administrator = threads.submit(administration);
            try {
                for (int i = 1; i <= 200; i++) {
                    write(volume, offset, filled(length, i % 100));
                }
            } finally {
                over.set(true);
            }
            administrator.get();
            assertTrue(reader.get() > 1, "writes were seen");
        }
        assertArrayEquals(filled(length, 0), Bytes.read(volume, offset, length));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
