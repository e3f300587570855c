package org.dbstore.backend.simulation;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Intent;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Goal: a write back needs no commit, and the end of the process does not undo it all the same; the
 * end of the system does, wholly, and never shows what others left.
 */
class IntentCrashTest {
    private static final byte[] BLOCK = Bytes.random(4096, 1);
    private static final byte[] OTHER = Bytes.random(4096, 2);
    private static final byte[] ZEROES = new byte[4096];

    private final SplittableRandom random = new SplittableRandom(3);
    private SimulatedDevice device = new SimulatedDevice(100 * MIB);
    private BlockStore store;
    private Volume volume;

    @BeforeEach
    void openAVolumeWithOneExtent() throws Exception {
        BlockStore.initialize(device);
        try (BlockStore fresh = device.open(OpenOptions.DEFAULT)) {
            fresh.createVolume("v", 64 * MIB);
            Volume first = fresh.openVolume("v");
            Bytes.write(first, 0, BLOCK);
        }
        open();
    }

    private void open() throws BackendException {
        store = device.open(OpenOptions.DEFAULT);
        volume = store.openVolume("v");
    }

    private static boolean writeBack(Volume volume, long offset, byte[] content)
            throws BackendException {
        return volume.writeBack(offset, Bytes.direct(content));
    }

    /** From now on nothing is forced, nor is anything if that would have been asked for before. */
    private void forbidForces() {
        device.setFate((operation, offset, length) ->
                operation == Fate.Operation.FORCE ? Fate.Outcome.POWER_LOSS : Fate.Outcome.DONE);
    }

    private void kill() {
        device.losePowerAfter(0);
        assertThrows(BackendException.class, store::close);
        device = device.afterProcessEnd();
    }

    private void endProcess() throws BackendException {
        kill();
        open();
    }

    private void endSystem(Survival survival) throws BackendException {
        device.losePowerAfter(0);
        assertThrows(BackendException.class, store::close);
        device = device.afterPowerLoss(survival, random);
        open();
    }

    @Test
    void theEndOfTheProcessUndoesNoWriteBack() throws Exception {
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK), "a new extent");
        assertFalse(writeBack(volume, 5 * MIB + 8192, OTHER), "more of it");
        assertFalse(writeBack(volume, 4096, OTHER), "more of a durable one");
        assertFalse(writeBack(volume, 5 * MIB, OTHER), "over what is not durable");
        endProcess();
        assertArrayEquals(OTHER, Bytes.read(volume, 5 * MIB, 4096));
        assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB + 4096, 4096));
        assertArrayEquals(OTHER, Bytes.read(volume, 5 * MIB + 8192, 4096));
        assertArrayEquals(BLOCK, Bytes.read(volume, 0, 4096));
        assertArrayEquals(OTHER, Bytes.read(volume, 4096, 4096));
    }

    @Test
    void aDefectOfTheEngineTakesNoWriteBackAway() throws Exception {
        device.setFate((operation, offset, length) -> {
            if (operation == Fate.Operation.FORCE) {
                throw new IllegalStateException("a defect");
            }
            return Fate.Outcome.DONE;
        });
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        assertThrows(BackendException.class, volume::flush);
        assertThrows(BackendException.class, store::close);
        device = device.afterProcessEnd();
        open();
        assertArrayEquals(BLOCK, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void whatWasCarriedOutIsDurable() throws Exception {
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        endProcess();
        endSystem(Survival.NOTHING);
        assertArrayEquals(BLOCK, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void theEndOfTheSystemUndoesAWriteBackWhateverIsOnTheMedium() throws Exception {
        for (Survival survival : Survival.values()) {
            forbidForces();
            assertFalse(writeBack(volume, 5 * MIB, BLOCK));
            endSystem(survival);
            assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB, 4096), survival::toString);
            assertArrayEquals(BLOCK, Bytes.read(volume, 0, 4096), survival::toString);
        }
    }

    @Test
    void aFlushMakesAWriteBackDurable() throws Exception {
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        volume.flush();
        endSystem(Survival.NOTHING);
        assertArrayEquals(BLOCK, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void aWriteBackBecomesDurableUnasked() throws Exception {
        long forces = device.forces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (device.forces() < forces + 2 && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        endSystem(Survival.NOTHING);
        assertArrayEquals(BLOCK, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void anIntentIsCarriedOutOnce() throws Exception {
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        endProcess();
        volume.unmap(5 * MIB, MIB);
        volume.flush();
        endProcess();
        assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void anIntentIsOfNoUseAfterACleanClose() throws Exception {
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        store.close();
        open();
        volume.unmap(5 * MIB, MIB);
        volume.flush();
        endProcess();
        assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void aWriteThatIsToBeCommittedMakesLaterOnesWaitForThat() throws Exception {
        forbidForces();
        assertTrue(Bytes.write(volume, 5 * MIB, BLOCK));
        assertTrue(writeBack(volume, 5 * MIB, OTHER), "over what the process may lose");
        assertFalse(writeBack(volume, 5 * MIB + 4096, OTHER), "with an intent of the whole extent");
        assertFalse(writeBack(volume, 5 * MIB, OTHER));
        endProcess();
        assertArrayEquals(OTHER, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void whereAnExtentIsBeingFreedAWriteBackTakesACommit() throws Exception {
        forbidForces();
        assertTrue(volume.unmap(0, MIB));
        assertTrue(writeBack(volume, 0, OTHER));
        endProcess();
        assertEquals(0, duplicates());
    }

    private long duplicates() {
        return store.findings().stream().filter(line -> line.contains("more than once")).count();
    }

    @Test
    void whileASnapshotIsMadeAWriteBackTakesACommit() throws Exception {
        store.close();
        FaultyDevice slow = new FaultyDevice(device);
        CountDownLatch written = new CountDownLatch(1);
        try (BlockStore opened = BlockStore.open(slow, OpenOptions.DEFAULT, device.run())) {
            Volume head = opened.openVolume("v");
            head.flush();
            AtomicInteger forces = new AtomicInteger();
            slow.onForce(() -> {
                if (forces.incrementAndGet() > 1) { // the first is of what was there before
                    await(written);
                }
            });
            Thread snapshot = Thread.ofPlatform().start(() -> create(opened));
            try {
                while (forces.get() < 2) {
                    Thread.onSpinWait();
                }
                assertTrue(writeBack(head, 0, OTHER));
            } finally {
                written.countDown();
            }
            snapshot.join();
            assertFalse(writeBack(head, 4096, OTHER));
        }
    }

    private static void create(BlockStore store) {
        try {
            store.createSnapshot("v");
        } catch (BackendException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ofManyWritesBackAsManyAsThereIsRoomForNeedNoCommit() throws Exception {
        boolean[] uncommitted = new boolean[12_000];
        for (int i = 0; i < uncommitted.length; i++) {
            uncommitted[i] = writeBack(volume, MIB + i * 4096L, BLOCK);
        }
        endProcess();
        for (int i = 0; i < uncommitted.length; i++) {
            if (!uncommitted[i]) {
                assertArrayEquals(BLOCK, Bytes.read(volume, MIB + i * 4096L, 4096));
            }
        }
    }

    @Test
    void afterAForceThatFailedNothingIsCarriedOutAndTheLossIsTold() throws Exception {
        volume.markDirty();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        device.setFate((operation, offset, length) ->
                operation == Fate.Operation.FORCE ? Fate.Outcome.FAILED : Fate.Outcome.DONE);
        assertThrows(BackendException.class, volume::flush);
        endProcess();
        assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB, 4096));
        assertTrue(volume.wasDirtyAtCrash());
        endProcess();
        assertTrue(volume.wasDirtyAtCrash(), "until the next clean close");
    }

    @Test
    void anExtentThatWasBornAndFreedForAnotherIsThatOnes() throws Exception {
        store.createVolume("w", 64 * MIB);
        Volume other = store.openVolume("w");
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        volume.unmap(5 * MIB, MIB);
        volume.flush();
        assertFalse(writeBack(other, 9 * MIB, OTHER));
        endProcess();
        assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB, 4096));
        assertArrayEquals(OTHER, Bytes.read(store.openVolume("w"), 9 * MIB, 4096));
        assertEquals(1, store.findings().size(), store.findings()::toString); // not closed
    }

    @Test
    void anIntentThatIsOnItsWayIsNoOtherCommitsPlace() throws Exception {
        store.close();
        FaultyDevice slow = new FaultyDevice(device);
        try (BlockStore opened = BlockStore.open(slow, OpenOptions.DEFAULT, device.run())) {
            Volume head = opened.openVolume("v");
            CountDownLatch arrived = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            long log = logOffset();
            slow.onTransfer(offset -> {
                if (offset >= log && offset < log + Geometry.EXTENT_BYTES) {
                    arrived.countDown();
                    await(goOn);
                }
            });
            Thread writer = Thread.ofPlatform().start(() -> writeBackUnchecked(head, 5 * MIB));
            arrived.await();
            Thread flusher = Thread.ofPlatform().start(() -> flushUnchecked(head));
            try {
                flusher.join(200);
                assertTrue(flusher.isAlive(), "a commit begins without what it makes superfluous");
            } finally {
                goOn.countDown();
            }
            writer.join();
            flusher.join();
        }
    }

    private static void writeBackUnchecked(Volume volume, long offset) {
        try {
            writeBack(volume, offset, BLOCK);
        } catch (BackendException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void flushUnchecked(Volume volume) {
        try {
            volume.flush();
        } catch (BackendException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aForceThatFailsAtTheOpeningRevokesWhatWasToBeCarriedOut() throws Exception {
        volume.markDirty();
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        kill();
        device.setFate((operation, offset, length) ->
                operation == Fate.Operation.FORCE ? Fate.Outcome.FAILED : Fate.Outcome.DONE);
        assertThrows(BackendException.class, () -> device.open(OpenOptions.DEFAULT));
        device = device.afterProcessEnd();
        open();
        assertArrayEquals(ZEROES, Bytes.read(volume, 5 * MIB, 4096));
        assertTrue(volume.wasDirtyAtCrash());
    }

    @Test
    void anIntentWhosePositionAnotherExtentHasTakenIsOver() throws Exception {
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        kill();
        for (int owner = 1; owner < 4; owner++) { // whichever is the head
            forge(new Intent(1L << 40, 90, owner, 0, new long[] {1, 0, 0, 0}), owner);
        }
        open();
        assertEquals(0, duplicates());
        assertArrayEquals(BLOCK, Bytes.read(volume, 0, 4096));
    }

    private ReservedExtents reserved() {
        ByteBuffer superblock = ByteBuffer.wrap(device.bytes(0, Superblock.BYTES));
        return ReservedExtents.read(superblock.order(ByteOrder.LITTLE_ENDIAN)).orElseThrow();
    }

    private long logOffset() {
        return new Geometry(device.sizeBytes()).extentOffset(reserved().intents().getFirst());
    }

    /** Puts an intent into the log, at the n-th place from its end. */
    private void forge(Intent intent, int n) {
        ByteBuffer forged = ByteBuffer.allocate(Intent.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        intent.write(forged, device.run());
        device.overwrite(
                logOffset() + Geometry.EXTENT_BYTES - (long) n * Intent.BYTES, forged.array());
    }

    @Test
    void anIntentThatContradictsTheTableIsRefusedAndTold() throws Exception {
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        kill();
        int journal = reserved().journal();
        forge(new Intent(1L << 40, journal, 1, 9, new long[] {1, 0, 0, 0}), 1);
        open();
        assertTrue(store.findings().stream().anyMatch(line -> line.contains("is lost")));
        assertArrayEquals(BLOCK, Bytes.read(volume, 5 * MIB, 4096));
    }

    @Test
    void whoLooksWithoutChangingAnythingSeesWhatWasWrittenBack() throws Exception {
        forbidForces();
        assertFalse(writeBack(volume, 5 * MIB, BLOCK));
        kill();
        SimulatedDevice before = device.copy();
        try (BlockStore looking = device.open(OpenOptions.READ_ONLY)) {
            assertArrayEquals(BLOCK, Bytes.read(looking.openVolume("v"), 5 * MIB, 4096));
        }
        assertTrue(before.holdsSameAs(device));
    }
}
