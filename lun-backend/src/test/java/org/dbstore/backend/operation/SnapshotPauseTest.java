package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Goal: writers do not wait for the medium because of a snapshot, however slow it is. */
@Timeout(60)
class SnapshotPauseTest {
    private final FaultyDevice device = new FaultyDevice(Stores.initialized());
    private final Semaphore waitingForces = new Semaphore(0);
    private final Semaphore letGo = new Semaphore(0);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    SnapshotPauseTest() throws Exception {}

    @AfterEach
    void endThreads() {
        threads.shutdown();
    }

    private void stopForces() {
        device.onForce(() -> {
            waitingForces.release();
            letGo.acquireUninterruptibly();
        });
    }

    private void letForcesGo() {
        device.onForce(() -> {});
        letGo.release(1000);
    }

    private static byte[] block(int value) {
        return new byte[] {(byte) value};
    }

    @Test
    void aWriteEndsDuringEachForceOfASnapshotAndIsNotInIt() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("a", MIB);
            store.createVolume("b", MIB);
            Volume first = store.openVolume("a");
            Volume second = store.openVolume("b");
            Bytes.write(first, 0, block(1));
            Bytes.write(second, 0, block(1));
            store.createSnapshot("a"); // the catalogue is there
            stopForces();
            Callable<List<Integer>> taking =
                    () ->
                            store.createSnapshots(
                                    List.of(SnapshotRequest.of("a"), SnapshotRequest.of("b")));
            Future<List<Integer>> ids = threads.submit(taking);
            int value = 1;
            while (!ids.isDone()) {
                if (waitingForces.tryAcquire(20, TimeUnit.MILLISECONDS)) {
                    byte[] next = block(++value);
                    Callable<Boolean> write =
                            () -> Bytes.write(first, 0, next) | Bytes.write(second, 0, next);
                    threads.submit(write).get(20, TimeUnit.SECONDS); // it does not wait
                    letGo.release();
                }
            }
            letForcesGo();
            assertTrue(value >= 3, "forces: " + (value - 1));
            for (int i = 0; i < 2; i++) {
                Volume snapshot = store.openSnapshot(ids.get().get(i));
                assertFalse(Bytes.read(snapshot, 0, 1)[0] >= value, "written after the cut");
                store.release(snapshot);
                assertEquals(value, Bytes.read(i == 0 ? first : second, 0, 1)[0]);
            }
            store.release(first);
            store.release(second);
        }
    }
}
