package org.dbstore.backend.commit;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.format.Geometry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Goal: a commit costs what it must, is shared, and a failed one is the last. */
class GroupCommitTest {
    private FaultyDevice device = new FaultyDevice(Stores.initialized());
    private BlockStore store = Stores.open(device);
    private Volume volume;

    GroupCommitTest() throws BackendException {
        store.createVolume("v", 8 * MIB);
        volume = store.openVolume("v");
    }

    @BeforeEach
    void mapOneBlock() throws BackendException {
        Bytes.write(volume, 0, Bytes.random(4096, 1));
        volume.flush();
    }

    @AfterEach
    void closeStore() throws BackendException {
        if (store.isFailed()) {
            assertFails(BackendError.FAILED, store::close);
        } else {
            store.close();
        }
    }

    @Test
    void anOverwriteCostsOneForce() throws Exception {
        assertFalse(Bytes.write(volume, 0, Bytes.random(4096, 2)));
        int before = device.forces();
        volume.flush();
        assertEquals(1, device.forces() - before);
    }

    @Test
    void aNewBlockCostsTwoForces() throws Exception {
        assertTrue(Bytes.write(volume, 4096, Bytes.random(4096, 2)));
        int before = device.forces();
        volume.flush();
        assertEquals(2, device.forces() - before);
    }

    @Test
    void anUnmapCostsOneForce() throws Exception {
        assertTrue(volume.unmap(0, 4096));
        int before = device.forces();
        volume.flush();
        assertEquals(1, device.forces() - before);
    }

    @Test
    void thousandsOfNewBlocksShareTheirTableBlocks() throws Exception {
        int before = device.writes();
        for (int block = 1; block < 2048; block++) {
            Bytes.write(volume, block * 4096L, Bytes.random(4096, 2));
        }
        volume.flush();
        // Data, superblock, and the one block of the table that has all eight entries, twice.
        assertTrue(device.writes() - before <= 2047 + 4, "writes " + (device.writes() - before));
    }

    @Test
    void waitersOfTheSameMomentShareACommit() throws Exception {
        int before = device.forces();
        CountDownLatch done = new CountDownLatch(1000);
        List<Optional<BackendException>> outcomes = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            volume.commit(failure -> {
                outcomes.add(Optional.ofNullable(failure));
                done.countDown();
            });
        }
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertTrue(outcomes.stream().allMatch(Optional::isEmpty));
        assertTrue(device.forces() - before < 1000, "forces " + (device.forces() - before));
    }

    @Test
    void aListenerThatThrowsCostsTheOthersNothing() throws Exception {
        volume.commit(failure -> {
            throw new IllegalStateException("on purpose");
        });
        CompletableFuture<Boolean> good = new CompletableFuture<>();
        volume.commit(failure -> good.complete(failure == null));
        assertTrue(good.get(10, TimeUnit.SECONDS));
    }

    @Test
    void aListenerThatEndsWithAnErrorCostsNothingEither() throws Exception {
        volume.unmap(0, 4096); // something to be reclaimed
        volume.commit(failure -> {
            throw new AssertionError("on purpose");
        });
        CompletableFuture<Boolean> good = new CompletableFuture<>();
        volume.commit(failure -> good.complete(failure == null));
        assertTrue(good.get(10, TimeUnit.SECONDS));
        assertTimeoutPreemptively(Duration.ofSeconds(10), store::close);
    }

    @Test
    void aFailedForceFailsTheStoreForGood() throws Exception {
        byte[] before = Bytes.read(volume, 0, 4096);
        Bytes.write(volume, 4096, Bytes.random(4096, 2));
        device.failForce(1);
        assertFails(BackendError.FAILED, volume::flush);
        assertTrue(store.isFailed());
        // The device would force again now, and lie: nobody asks it.
        int forces = device.forces();
        assertFails(BackendError.FAILED, volume::flush);
        assertFails(BackendError.FAILED, () -> Bytes.write(volume, 0, before));
        assertFails(BackendError.FAILED, () -> volume.unmap(0, 4096));
        assertFails(BackendError.FAILED, () -> volume.writeZeroes(0, 4096));
        assertFails(BackendError.FAILED, () -> store.createVolume("w", MIB));
        assertFails(BackendError.FAILED, () -> store.createSnapshot("v"));
        CompletableFuture<Optional<BackendException>> outcome = new CompletableFuture<>();
        volume.commit(failure -> outcome.complete(Optional.ofNullable(failure)));
        assertEquals(BackendError.FAILED, outcome.get(10, TimeUnit.SECONDS).orElseThrow().error());
        assertEquals(forces, device.forces());
        assertArrayEquals(before, Bytes.read(volume, 0, 4096)); // reads go on
    }

    @Test
    void theForceOfStageBFailsTheStoreToo() throws Exception {
        Bytes.write(volume, 4096, Bytes.random(4096, 2));
        device.failForce(2);
        assertFails(BackendError.FAILED, volume::flush);
    }

    @Test
    void aFailedWriteOfMetadataFailsTheStore() throws Exception {
        Bytes.write(volume, 4096, Bytes.random(4096, 2));
        device.failWrites(offset -> offset < 2 * MIB, "EIO"); // the journal is extent 0
        assertFails(BackendError.FAILED, volume::flush);
        assertTrue(store.isFailed());
    }

    @Test
    void aFailedWriteOfDataFailsThatRequestOnly() throws Exception {
        byte[] old = Bytes.read(volume, 0, 4096);
        device.failWrites(offset -> offset >= MIB, "Input/output error");
        assertFails(BackendError.IO, () -> Bytes.write(volume, 2 * MIB, old));
        assertFails(BackendError.IO, () -> Bytes.write(volume, 8192, old));
        device.failWrites(offset -> false, "");
        assertFalse(store.isFailed());
        assertArrayEquals(new byte[4096], Bytes.read(volume, 2 * MIB, 4096));
        assertArrayEquals(new byte[4096], Bytes.read(volume, 8192, 4096));
        assertEquals(1, store.info().usedExtents());
        Bytes.write(volume, 2 * MIB, old);
        volume.flush();
        assertArrayEquals(old, Bytes.read(volume, 2 * MIB, 4096));
    }

    @Test
    void aFullFileSystemBelowIsNoSpace() throws Exception {
        device.failWrites(offset -> offset >= 6 * MIB, DeviceIo.noSpaceText());
        assertFails(
                BackendError.NO_SPACE, () -> Bytes.write(volume, 2 * MIB, Bytes.random(4096, 2)));
        assertFalse(store.isFailed());
    }

    @Test
    void aWriteTellsThatItsBlockIsNotCommittedUntilItIs() throws Exception {
        byte[] data = Bytes.random(4096, 2);
        assertTrue(Bytes.write(volume, 4096, data));
        assertTrue(Bytes.write(volume, 4096, data)); // in place, but nothing leads there yet
        volume.flush();
        assertFalse(Bytes.write(volume, 4096, data));
        assertTrue(volume.unmap(4096, 4096));
        assertTrue(volume.unmap(4096, 4096)); // still not committed
        volume.flush();
        assertFalse(volume.unmap(4096, 4096));
    }

    @Test
    void aRangeWhoseFreeingIsNotCommittedIsNotCommittedEither() throws Exception {
        assertTrue(volume.unmap(0, MIB)); // frees the extent: the map has nothing there any more
        assertTrue(volume.unmap(0, MIB));
        assertTrue(volume.writeZeroes(0, MIB));
        assertTrue(volume.writeZeroes(512, 1024)); // part of a block
        volume.flush();
        assertFalse(volume.unmap(0, MIB));
        assertFalse(volume.writeZeroes(0, MIB));
        assertFalse(volume.writeZeroes(512, 1024));
    }

    @Test
    void commitsAfterTheEndAreAnsweredToo() throws Exception {
        List<BackendException> failures = new ArrayList<>();
        GroupCommit commits = detached();
        commits.start();
        commits.stop();
        commits.commit(failure -> {
            assertNotNull(failure);
            failures.add(failure);
        });
        assertEquals(BackendError.FAILED, failures.getFirst().error());
        assertFails(BackendError.FAILED, commits::flush);
        assertFails(BackendError.FAILED, commits::flushByCommitter);
    }

    private static GroupCommit detached() throws BackendException {
        FaultyDevice device = new FaultyDevice(Stores.initialized());
        var health = new org.dbstore.backend.device.StoreHealth("detached");
        var barrier = new org.dbstore.backend.device.Barrier(device, health);
        return new GroupCommit(
                device,
                new Geometry(device.sizeBytes()),
                new org.dbstore.backend.extent.ExtentTable(99),
                new org.dbstore.backend.extent.ExtentAllocator(99),
                barrier,
                health,
                CommitStart.staged(new MetadataBlocks(device, health), barrier, 0, null),
                new UUID(1, 1));
    }

    @Test
    void nothingIsForcedByAStoreOpenedReadOnly() throws Exception {
        store.release(volume);
        store.close();
        int forces = device.forces();
        int writes = device.writes();
        store = BlockStore.open(device, org.dbstore.backend.OpenOptions.READ_ONLY);
        volume = store.openVolume("v");
        volume.flush();
        List<Boolean> succeeded = new ArrayList<>();
        volume.commit(failure -> succeeded.add(failure == null));
        assertEquals(List.of(true), succeeded);
        assertFails(BackendError.READ_ONLY, () -> Bytes.write(volume, 0, new byte[512]));
        assertFails(BackendError.READ_ONLY, () -> store.createVolume("w", MIB));
        assertFails(BackendError.READ_ONLY, () -> store.deleteVolume("v"));
        assertEquals(forces, device.forces());
        assertEquals(writes, device.writes());
    }
}
