package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Goal: the snapshots of a group show one instant, and there are all of them or none. */
class GroupSnapshotTest {
    private static final int VOLUMES = 3;

    private final BlockStore store = Stores.open(Stores.initialized());

    GroupSnapshotTest() throws BackendException {}

    @BeforeEach
    void createVolumes() throws BackendException {
        for (int i = 0; i < VOLUMES; i++) {
            store.createVolume("v" + i, MIB);
        }
    }

    @AfterEach
    void closeStore() throws BackendException {
        store.close();
    }

    private static List<SnapshotRequest> all(String name) {
        List<SnapshotRequest> requests = new ArrayList<>();
        for (int i = 0; i < VOLUMES; i++) {
            requests.add(SnapshotRequest.of("v" + i, name));
        }
        return requests;
    }

    private long counter(int snapshotId) throws BackendException {
        Volume view = store.openSnapshot(snapshotId);
        long value = ByteBuffer.wrap(Bytes.read(view, 0, Long.BYTES)).getLong();
        store.release(view);
        return value;
    }

    @Test
    void aWriteIsNotInAGroupWithoutThoseBeforeIt() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Volume> volumes = new ArrayList<>();
        for (int i = 0; i < VOLUMES; i++) {
            volumes.add(store.openVolume("v" + i));
        }
        Thread writer =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                for (long n = 1; !stop.get(); n++) {
                                    for (Volume volume : volumes) { // one after the other
                                        byte[] bytes = ByteBuffer.allocate(8).putLong(n).array();
                                        Bytes.write(volume, 0, bytes);
                                    }
                                }
                            } catch (Throwable e) {
                                failure.set(e);
                            }
                        });
        for (int round = 0; round < 30; round++) {
            List<Integer> ids = store.createSnapshots(all("g" + round));
            long first = counter(ids.getFirst());
            long last = counter(ids.getLast());
            long middle = counter(ids.get(1));
            assertTrue(first >= middle && middle >= last, first + " " + middle + " " + last);
            assertTrue(first - last <= 1, first + " " + last);
        }
        stop.set(true);
        writer.join();
        assertEquals(null, failure.get());
        volumes.forEach(store::release);
        for (int i = 0; i < VOLUMES; i++) {
            assertEquals(31, store.snapshots("v" + i).size());
        }
    }

    @Test
    void allOrNone() throws Exception {
        store.createSnapshot("v2", "taken");
        int before = store.info().snapshotCount();
        assertFails(BackendError.ALREADY_EXISTS, () -> store.createSnapshots(all("taken")));
        assertFails(
                BackendError.NOT_FOUND,
                () ->
                        store.createSnapshots(
                                List.of(SnapshotRequest.of("v0"), SnapshotRequest.of("x"))));
        assertFails(
                BackendError.INVALID,
                () ->
                        store.createSnapshots(
                                List.of(SnapshotRequest.of("v0"), SnapshotRequest.of("#0"))));
        assertFails(BackendError.INVALID, () -> store.createSnapshots(List.of()));
        assertEquals(before, store.info().snapshotCount());
        assertFails(BackendError.NOT_FOUND, () -> store.snapshotId("v0", "taken"));
        store.createSnapshots(all("free"));
        assertEquals(before + VOLUMES, store.info().snapshotCount());
    }

    @Test
    void groupsInDifferentOrdersDoNotWaitForEachOther() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int round = 0; round < 10; round++) {
                                        List<SnapshotRequest> group =
                                                all("t" + thread + "-" + round);
                                        store.createSnapshots(
                                                thread % 2 == 0 ? group : group.reversed());
                                    }
                                } catch (Throwable e) {
                                    failure.set(e);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(null, failure.get());
        assertEquals(41, store.snapshots("v1").size());
    }

    @Test
    void aSnapshotHasItsLabelsFromTheBeginning() throws BackendException {
        var labels = Map.of("dbs.schedule", "nightly");
        int id =
                store.createSnapshots(
                                List.of(new SnapshotRequest("v0", Optional.of("one"), labels)))
                        .getFirst();
        assertEquals(
                labels,
                store.snapshots("v0").stream()
                        .filter(snapshot -> snapshot.id() == id)
                        .findFirst()
                        .orElseThrow()
                        .labels());
        assertFails(
                BackendError.INVALID,
                () ->
                        store.createSnapshots(
                                List.of(
                                        new SnapshotRequest(
                                                "v0", Optional.of("two"), Map.of("", "x")))));
    }
}
