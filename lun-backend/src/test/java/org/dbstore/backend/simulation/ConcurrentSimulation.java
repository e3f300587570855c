package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Volume;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One seed: clients write, unmap, flush, read and snapshot the same two volumes, and compact their
 * device, at the same time until the power goes. The schedule is the machine's, so a seed may have
 * to be tried again.
 */
final class ConcurrentSimulation {
    private static final int CLIENTS = 3;
    private static final int OPERATIONS = 60;
    private static final int DEVICE_OPERATIONS_MAX = 400;
    private static final int LOOKS = 24;
    private static final int EXTENTS = 2;
    private static final int BALLAST_EXTENTS = 4;
    private static final String[] VOLUMES = {"a", "b"};

    /** Sectors where clients meet: in two extents, over the border of blocks. */
    private static final int[] PLACES = {0, 3, 8, 12, 2040, 2048, 2056};

    /**
     * A group snapshot of both volumes.
     *
     * @param ids of the snapshots
     * @param begin when its creation began
     * @param end when it had ended
     */
    private record Group(List<Integer> ids, long begin, long end) {}

    private final SplittableRandom random;
    private final boolean dropForces;
    private final History history = new History();
    private final AtomicInteger nextStamp = new AtomicInteger(1);
    private final Map<Group, Map<Long, Integer>> snapshots = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Contents contents = new Contents();
    private final AtomicBoolean compacting = new AtomicBoolean();
    private boolean ballast = true;
    private long moved;
    private final SimulatedDevice device;
    private final List<SimulatedDevice> seen = new ArrayList<>();
    private long points;

    /**
     * Prepares a run.
     *
     * @param seed of what is random but the schedule
     * @param dropForces true for the negative control
     */
    ConcurrentSimulation(long seed, boolean dropForces) {
        this.random = new SplittableRandom(seed);
        this.dropForces = dropForces;
        this.device = (random.nextInt(4) == 0 ? Template.NEW : Template.USED).device();
    }

    long points() {
        return points;
    }

    /** Number of extents that moved while clients used them. */
    long moved() {
        return moved;
    }

    /** Returns what went wrong, or null. */
    @Nullable String run() throws BackendException {
        BlockStore store = device.open(OpenOptions.DEFAULT);
        store.createVolume(Workload.BALLAST, (long) BALLAST_EXTENTS << 20);
        Volume before = store.openVolume(Workload.BALLAST);
        for (int extent = 0; extent < BALLAST_EXTENTS; extent++) {
            before.write((long) extent << 20, Stamps.sectors(1, 0));
        }
        store.release(before);
        for (String volume : VOLUMES) {
            store.createVolume(volume, (long) EXTENTS << 20);
        }
        strike();
        List<SplittableRandom> dice = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            dice.add(random.split());
        }
        AtomicInteger nextClient = new AtomicInteger();
        Parallel.run(CLIENTS, () -> client(store, dice.get(nextClient.getAndIncrement())));
        device.losePowerAfter(0);
        try {
            store.close();
        } catch (BackendException e) {
            if (e.error() != BackendError.FAILED) {
                throw e;
            }
        }
        look(Survival.ALL, true);
        for (int i = 0; i < LOOKS && failures.isEmpty(); i++) {
            look(Survival.any(random), false);
        }
        return failures.peek();
    }

    /** The power goes at some time; meanwhile the device is now and then slow. */
    private void strike() {
        SplittableRandom luck = random.split();
        int[] left = {random.nextInt(DEVICE_OPERATIONS_MAX)};
        device.setFate((operation, offset, length) -> {
            if (luck.nextInt(16) == 0) {
                LockSupport.parkNanos(luck.nextInt(50_000));
            }
            if (operation == Fate.Operation.READ) {
                return Fate.Outcome.DONE;
            }
            if (left[0]-- <= 0) {
                return Fate.Outcome.POWER_LOSS;
            }
            return dropForces && operation == Fate.Operation.FORCE
                    ? Fate.Outcome.LOST
                    : Fate.Outcome.DONE;
        });
    }

    private void client(BlockStore store, SplittableRandom dice) {
        try {
            List<Volume> volumes = new ArrayList<>();
            Contents mine = new Contents();
            for (String name : VOLUMES) {
                volumes.add(store.openVolume(name));
            }
            for (int i = 0; i < OPERATIONS; i++) {
                int volume = dice.nextInt(VOLUMES.length);
                int place = PLACES[dice.nextInt(PLACES.length)];
                switch (dice.nextInt(13)) {
                    case 0, 1, 2 -> write(volumes, volume, place, 1 + dice.nextInt(12), false);
                    case 3, 4 -> write(volumes, volume, place, 1 + dice.nextInt(12), true);
                    case 5 -> unmap(volumes, volume, dice.nextInt(3) * 8, 8);
                    case 6, 7 -> flush(volumes.get(volume));
                    case 8, 9, 10 -> read(volumes, volume, place, 1 + dice.nextInt(12));
                    case 11 -> compact(store);
                    default -> snapshot(store, mine);
                }
            }
            volumes.forEach(store::release);
        } catch (BackendException e) {
            if (!device.isPowerLost()) {
                failures.add(Failures.trace(e));
            }
        } catch (RuntimeException | AssertionError e) {
            failures.add(Failures.trace(e));
        }
    }

    private void write(List<Volume> volumes, int volume, int sector, int count, boolean through)
            throws BackendException {
        int stamp = nextStamp.getAndAdd(count);
        List<History.Write> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(history.begin(History.key(volume, sector + i), stamp + i));
        }
        ByteBuffer data = Stamps.sectors(count, stamp);
        if (through && !volumes.get(volume).writeThrough(offset(sector), data)) {
            writes.forEach(history::endDurable);
            return;
        }
        if (!through && !volumes.get(volume).writeBack(offset(sector), data)) {
            writes.forEach(history::endHard);
            return;
        }
        writes.forEach(history::end);
    }

    private void unmap(List<Volume> volumes, int volume, int sector, int count)
            throws BackendException {
        List<History.Write> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(history.begin(History.key(volume, sector + i), 0));
        }
        volumes.get(volume).unmap(offset(sector), offset(count));
        writes.forEach(history::end);
    }

    private void flush(Volume volume) throws BackendException {
        long begin = history.now();
        volume.flush();
        history.flushed(begin);
    }

    private void read(List<Volume> volumes, int volume, int sector, int count)
            throws BackendException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) offset(count));
        long begin = history.now();
        volumes.get(volume).read(offset(sector), buffer);
        long end = history.now();
        Map<Integer, Integer> stamps = new HashMap<>();
        Stamps.collect(buffer.flip(), sector, stamps);
        for (int i = sector; i < sector + count; i++) {
            fail(history.read(History.key(volume, i), stamps.getOrDefault(i, 0), begin, end));
        }
    }

    private void snapshot(BlockStore store, Contents mine) throws BackendException {
        long begin = history.now();
        List<Integer> ids =
                store.createSnapshots(
                        List.of(SnapshotRequest.of(VOLUMES[0]), SnapshotRequest.of(VOLUMES[1])));
        Group group = new Group(ids, begin, history.now());
        Map<Long, Integer> content = contentOf(store, group, mine);
        fail(history.snapshot(content, group.begin(), group.end()));
        snapshots.put(group, content);
    }

    /** What lies before the extents of the volumes goes, and they move there. One at a time. */
    private void compact(BlockStore store) throws BackendException {
        if (compacting.compareAndSet(false, true)) {
            try {
                if (ballast) {
                    store.deleteVolume(Workload.BALLAST);
                    ballast = false;
                }
                moved += store.vacuum(ProgressListener.NONE, () -> false).movedExtents();
            } finally {
                compacting.set(false);
            }
        }
    }

    private static Map<Long, Integer> contentOf(BlockStore store, Group group, Contents contents)
            throws BackendException {
        Map<Long, Integer> content = new HashMap<>();
        for (int volume = 0; volume < VOLUMES.length; volume++) {
            Volume frozen = store.openSnapshot(group.ids().get(volume));
            int number = volume;
            contents.of(frozen)
                    .forEach((sector, stamp) -> content.put(History.key(number, sector), stamp));
            store.release(frozen);
        }
        return content;
    }

    /** What is found afterwards? States that are the same count once. */
    private void look(Survival survival, boolean processOnly) {
        SimulatedDevice copy =
                processOnly ? device.afterProcessEnd() : device.afterPowerLoss(survival, random);
        if (seen.stream().anyMatch(copy::holdsSameAs)) {
            return;
        }
        seen.add(copy.copy());
        points++;
        try (BlockStore store = copy.open(OpenOptions.DEFAULT)) {
            for (int volume = 0; volume < VOLUMES.length; volume++) {
                Volume head = store.openVolume(VOLUMES[volume]);
                Map<Integer, Integer> found = contents.of(head);
                store.release(head);
                for (long key : history.keys()) {
                    if (key >> 32 == volume) {
                        int value = found.getOrDefault((int) key, 0);
                        fail(history.survived(key, value, processOnly));
                    }
                }
            }
            for (Map.Entry<Group, Map<Long, Integer>> snapshot : snapshots.entrySet()) {
                if (!contentOf(store, snapshot.getKey(), contents).equals(snapshot.getValue())) {
                    fail("snapshot %s changed".formatted(snapshot.getKey().ids()));
                }
            }
            checkUnknown(store);
        } catch (BackendException | RuntimeException e) {
            fail(survival + ": " + Failures.trace(e));
        }
    }

    /** Snapshots whose creation was cut short are there for both volumes, or for none. */
    private void checkUnknown(BlockStore store) throws BackendException {
        List<SnapshotInfo> first = store.snapshots(VOLUMES[0]);
        List<SnapshotInfo> second = store.snapshots(VOLUMES[1]);
        if (first.size() != second.size()) {
            fail("%d and %d snapshots of a group".formatted(first.size(), second.size()));
        }
    }

    private void fail(@Nullable String failure) {
        if (failure != null) {
            failures.add(failure);
        }
    }

    private static long offset(int sector) {
        return (long) sector * SimulatedDevice.SECTOR;
    }
}
