package org.dbstore.backend.volume;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Goal: many threads at once see what one after the other would see. */
class ConcurrencyTest {
    private static final int BLOCK = 4096;
    private static final int WRITERS = 4;
    private static final int ROUNDS = 400;

    private final MemoryBlockDevice device = Stores.initialized();
    private final BlockStore store = Stores.open(device);

    ConcurrencyTest() throws BackendException {}

    private static void inParallel(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
            List<Future<Void>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            for (Future<Void> task : running) {
                task.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** Each writer has its own blocks, spread so that they share extents, and checks them. */
    @Test
    void writersKeepTheirBlocksWhileSnapshotsComeAndGo() throws Exception {
        store.createVolume("v", 8 * MIB);
        Volume v = store.openVolume("v");
        AtomicBoolean writing = new AtomicBoolean(true);
        Map<Integer, byte[]> snapshots = new TreeMap<>();
        List<Callable<Void>> tasks = new ArrayList<>();
        List<byte[]> models = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            byte[] model = new byte[8 << 20];
            models.add(model);
            int number = writer;
            tasks.add(() -> {
                writeOwnBlocks(v, number, model);
                if (number == 0) {
                    writing.set(false);
                }
                return null;
            });
        }
        tasks.add(() -> {
            while (writing.get()) {
                int frozen = store.createSnapshot("v");
                snapshots.put(frozen, Stores.content(store, frozen));
                if (snapshots.size() > 3) {
                    int doomed = List.copyOf(snapshots.keySet()).get(1);
                    store.deleteSnapshot(doomed);
                    snapshots.remove(doomed);
                }
            }
            return null;
        });
        inParallel(tasks);
        for (Map.Entry<Integer, byte[]> snapshot : snapshots.entrySet()) {
            assertArrayEquals(snapshot.getValue(), Stores.content(store, snapshot.getKey()));
        }
        checkHead(models, Stores.content(store, "v"));
        store.close();
        try (BlockStore again = Stores.open(device)) {
            assertEquals(List.of(), again.findings());
            checkHead(models, Stores.content(again, "v"));
            for (Map.Entry<Integer, byte[]> snapshot : snapshots.entrySet()) {
                assertArrayEquals(snapshot.getValue(), Stores.content(again, snapshot.getKey()));
            }
        }
    }

    private static void writeOwnBlocks(Volume v, int writer, byte[] model) throws BackendException {
        SplittableRandom random = new SplittableRandom(writer);
        for (int round = 0; round < ROUNDS; round++) {
            int offset = ownOffset(random, writer);
            if (random.nextInt(4) == 0) {
                v.unmap(offset, BLOCK);
                Arrays.fill(model, offset, offset + BLOCK, (byte) 0);
            } else {
                int length = random.nextBoolean() ? BLOCK : 512 * (1 + random.nextInt(8));
                byte[] data = Bytes.random(length, round * 31L + writer);
                Bytes.write(v, offset, data);
                System.arraycopy(data, 0, model, offset, length);
            }
            if (random.nextInt(8) == 0) {
                v.flush();
            }
            int check = ownOffset(random, writer);
            assertArrayEquals(
                    Arrays.copyOfRange(model, check, check + BLOCK), Bytes.read(v, check, BLOCK));
        }
    }

    private static int ownOffset(SplittableRandom random, int writer) {
        return (random.nextInt(8 * 256 / WRITERS) * WRITERS + writer) * BLOCK;
    }

    private static void checkHead(List<byte[]> models, byte[] content) {
        for (int block = 0; block < 8 * 256; block++) {
            int from = block * BLOCK;
            assertArrayEquals(
                    Arrays.copyOfRange(models.get(block % WRITERS), from, from + BLOCK),
                    Arrays.copyOfRange(content, from, from + BLOCK),
                    "block " + block);
        }
    }

    /** Two volumes free and take extents all the time; nobody ever sees the other's bytes. */
    @Test
    void readersNeverSeeAnotherVolumesData() throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            byte own = (byte) (i + 1);
            store.createVolume("v" + i, 60 * MIB);
            Volume v = store.openVolume("v" + i);
            AtomicBoolean done = new AtomicBoolean();
            tasks.add(() -> {
                churn(v, own, done);
                return null;
            });
            tasks.add(() -> {
                readUntil(v, own, done);
                return null;
            });
        }
        inParallel(tasks);
        store.close();
    }

    private static void churn(Volume v, byte own, AtomicBoolean done) throws BackendException {
        ByteBuffer data = ByteBuffer.allocateDirect(2 << 20);
        while (data.hasRemaining()) {
            data.put(own);
        }
        SplittableRandom random = new SplittableRandom(own);
        try {
            for (int i = 0; i < 300; i++) {
                int length = BLOCK * (1 + random.nextInt(512));
                long offset = random.nextLong(60 * MIB - length) / BLOCK * BLOCK;
                try {
                    v.write(offset, data.clear().limit(length));
                } catch (BackendException e) {
                    assertEquals(BackendError.NO_SPACE, e.error());
                }
                if (i % 5 == 0) {
                    v.unmap(random.nextLong(30 * MIB), 30 * MIB);
                    v.flush();
                }
            }
        } finally {
            done.set(true);
        }
    }

    private static void readUntil(Volume v, byte own, AtomicBoolean done) throws BackendException {
        SplittableRandom random = new SplittableRandom(own + 10);
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        while (!done.get()) {
            v.read(random.nextLong(59 * MIB), buffer.clear());
            for (int i = 0; i < buffer.capacity(); i += 64) {
                byte seen = buffer.get(i);
                assertTrue(seen == 0 || seen == own, "saw " + seen);
            }
        }
    }

    @Test
    void managementOfOtherVolumesGoesOnDuringAClone() throws Exception {
        store.createVolume("source", 30 * MIB);
        Volume source = store.openVolume("source");
        byte[] data = Bytes.random(30 << 20, 1);
        Bytes.write(source, 0, data);
        int frozen = store.createSnapshot("source");
        List<String> during = new ArrayList<>();
        ProgressListener progress =
                (done, total) -> {
                    if (done == total / 2) {
                        try {
                            // The source's head, and a volume beside it, are as free as ever.
                            Bytes.write(source, 0, Bytes.random(BLOCK, 2));
                            store.createVolume("beside", MIB);
                            store.volumes().forEach(info -> during.add(info.name()));
                        } catch (BackendException e) {
                            during.add(String.valueOf(e.getMessage()));
                        }
                    }
                };
        store.cloneSnapshot(frozen, "clone", progress);
        assertEquals(List.of("source", "beside"), during); // the clone is not to be seen yet
        assertArrayEquals(data, Stores.content(store, "clone"));
        store.close();
    }
}
