package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One seed: random operations on a store, power losses at random device operations, and after each
 * a comparison with what had been promised.
 */
final class CrashSimulation {
    private static final long SMALL_DEVICE_BYTES = 100L << 20;
    private static final long LARGE_DEVICE_BYTES = 600L << 20;

    /** Fills the low extents of a large device, so that the entries in use straddle sectors. */
    private static final String BALLAST = "ballast";

    /**
     * Entries 202, 229 and 485 straddle: the first within the position, the others behind the id.
     */
    private static final int[] BALLAST_EXTENTS = {195, 200, 226, 229, 483};

    private static final int CRASH_COUNT = 4;
    private static final int OPERATIONS_MAX = 60;
    private static final int DEVICE_OPERATIONS_MAX = 300;
    private static final int BLOCK_SECTORS = 8;
    private static final int EXTENT_BLOCKS = 256;

    /** Blocks of an extent that are used; the others would only cost time. */
    private static final int[] BLOCKS = {0, 1, 2, 3, 200, 254, 255};

    private final SplittableRandom random;
    private final boolean dropBarrier;
    private final boolean large;
    private final CrashingDevice device;
    private Map<String, VolumeModel> model = new TreeMap<>();
    private final List<Volume> pins = new ArrayList<>();
    private int nextStamp = 1;
    private int nextName;

    /** Model as it is if the operation under way when the power went was complete. */
    private @Nullable Map<String, VolumeModel> alternative;

    /**
     * @param seed of everything random
     * @param dropBarrier true to leave out the force between the two stages: the negative control
     */
    CrashSimulation(long seed, boolean dropBarrier) {
        this.random = new SplittableRandom(seed);
        this.dropBarrier = dropBarrier;
        this.large = !dropBarrier && seed % 4 == 0;
        this.device = new CrashingDevice(large ? LARGE_DEVICE_BYTES : SMALL_DEVICE_BYTES);
    }

    /** Returns what went wrong, or null. */
    @Nullable String run() throws IOException, BackendException {
        BlockStore.initialize(device);
        BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT);
        if (large) {
            loadBallast(store);
        }
        for (int crash = 0; crash < CRASH_COUNT; crash++) {
            boolean clean = workUntilPowerLoss(store);
            boolean processOnly = !clean && random.nextInt(4) == 0;
            CrashingDevice.Survival survival =
                    processOnly ? CrashingDevice.Survival.ALL : survival();
            device.crash(survival, random);
            store = reopen();
            String mismatch = compare(store, processOnly);
            if (mismatch == null) {
                store.close(); // only then is everything where the original looks for it
                mismatch = compareWithPlainReader();
                store = BlockStore.open(device, OpenOptions.DEFAULT);
            }
            if (mismatch != null) {
                return "crash %d (%s%s): %s"
                        .formatted(crash, survival, processOnly ? ", process only" : "", mismatch);
            }
        }
        store.close();
        return null;
    }

    private void loadBallast(BlockStore store) throws BackendException {
        int extents = BALLAST_EXTENTS[random.nextInt(BALLAST_EXTENTS.length)];
        VolumeModel ballast = new VolumeModel(extents);
        store.createVolume(BALLAST, (long) extents << 20);
        Volume volume = store.openVolume(BALLAST);
        for (int position = 0; position < extents; position++) {
            int stamp = nextStamp++;
            int sector = position * EXTENT_BLOCKS * BLOCK_SECTORS;
            ballast.writing(sector, stamp);
            volume.write((long) position << 20, Stamps.sectors(1, stamp));
        }
        volume.flush();
        ballast.flushed();
        store.release(volume);
        model.put(BALLAST, ballast);
    }

    /** Opens the device, now and then losing power in the middle of recovery. */
    private BlockStore reopen() throws IOException, BackendException {
        while (random.nextInt(3) == 0) {
            device.losePowerAfter(random.nextInt(12));
            try {
                BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT);
                device.losePowerAfter(Long.MAX_VALUE);
                return store;
            } catch (BackendException e) {
                if (!device.isPowerLost()) {
                    throw e;
                }
            }
            device.crash(survival(), random);
        }
        return BlockStore.open(device, OpenOptions.DEFAULT);
    }

    private CrashingDevice.Survival survival() {
        List<CrashingDevice.Survival> kinds = List.of(CrashingDevice.Survival.values());
        return kinds.get(random.nextInt(kinds.size()));
    }

    // Work.

    /** Returns true if the store was closed before the power went. */
    private boolean workUntilPowerLoss(BlockStore opened) throws BackendException {
        BlockStore store = opened;
        device.losePowerAfter(random.nextInt(DEVICE_OPERATIONS_MAX));
        boolean closed = false;
        pins.clear();
        try {
            pinSome(store);
            for (int i = random.nextInt(OPERATIONS_MAX); i >= 0; i--) {
                operate(store);
            }
            if (random.nextInt(3) == 0) {
                store.close();
                closed = true;
                model.values().forEach(VolumeModel::flushed);
            }
        } catch (BackendException e) {
            if (!device.isPowerLost()) {
                throw e;
            }
        }
        if (!closed) {
            end(store);
        }
        return closed;
    }

    /** Ends the store's thread; the power is gone, so nothing reaches the device any more. */
    private void end(BlockStore store) throws BackendException {
        device.losePowerAfter(0);
        try {
            store.close();
        } catch (BackendException e) {
            if (e.error() != BackendError.FAILED) {
                throw e;
            }
        }
    }

    private void pinSome(BlockStore store) throws BackendException {
        for (String name : model.keySet()) {
            if (random.nextBoolean()) {
                pins.add(store.openVolume(name));
            }
        }
    }

    private void unpin(BlockStore store) {
        pins.forEach(store::release);
        pins.clear();
    }

    private void operate(BlockStore store) throws BackendException {
        int dice = dropBarrier ? random.nextInt(70) : random.nextInt(100);
        List<String> names = new ArrayList<>(model.keySet());
        names.remove(BALLAST);
        if (names.isEmpty() || (dice >= 97 && names.size() < 4)) {
            createVolume(store);
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        VolumeModel volume = Objects.requireNonNull(model.get(name));
        if (dice < 50) {
            write(store, name, volume);
        } else if (dice < 70) {
            flush(store, name);
        } else if (dice < 80) {
            unmap(store, name, volume);
        } else if (dice < 83) {
            readBack(store, name, volume);
        } else if (dice < 88) {
            createSnapshot(store, name, volume);
        } else if (dice < 92) {
            deleteSnapshot(store, name, volume);
        } else if (dice < 94) {
            clone(store, name, volume);
        } else if (dice < 96) {
            rename(store, name, volume);
        } else {
            deleteVolume(store, name);
        }
    }

    private void write(BlockStore store, String name, VolumeModel model) throws BackendException {
        int position = random.nextInt(model.extents());
        int block = BLOCKS[random.nextInt(BLOCKS.length)];
        int skip = random.nextInt(3) == 0 ? random.nextInt(BLOCK_SECTORS) : 0;
        int first = (position * EXTENT_BLOCKS + block) * BLOCK_SECTORS + skip;
        int limit = (position + 1) * EXTENT_BLOCKS * BLOCK_SECTORS - first;
        int count =
                Math.min(limit, skip > 0 ? 1 + random.nextInt(10) : 8 * (1 + random.nextInt(3)));
        int stamp = nextStamp;
        nextStamp += count;
        for (int i = 0; i < count; i++) {
            model.writing(first + i, stamp + i);
        }
        Volume volume = store.openVolume(name);
        try {
            boolean uncommitted =
                    volume.write(
                            (long) first * CrashingDevice.SECTOR, Stamps.sectors(count, stamp));
            for (int i = 0; i < count && !uncommitted; i++) {
                model.harden(first + i);
            }
        } catch (BackendException e) {
            if (e.error() != BackendError.NO_SPACE) {
                throw e;
            }
            for (int i = 0; i < count; i++) {
                model.refused(first + i);
            }
            this.model.values().forEach(VolumeModel::flushed); // it committed, looking for space
        }
        store.release(volume);
    }

    private void unmap(BlockStore store, String name, VolumeModel model) throws BackendException {
        int blocks = model.extents() * EXTENT_BLOCKS;
        int first = random.nextInt(4) == 0 ? 0 : random.nextInt(blocks);
        int count = random.nextInt(3) == 0 ? blocks - first : 1 + random.nextInt(blocks - first);
        int end = (first + count) * BLOCK_SECTORS;
        List<Integer> touched = new ArrayList<>();
        for (int sector : model.live().keySet()) {
            if (sector >= first * BLOCK_SECTORS && sector < end) {
                touched.add(sector);
            }
        }
        touched.forEach(sector -> model.writing(sector, 0));
        Volume volume = store.openVolume(name);
        long offset = (long) first * BLOCK_SECTORS * CrashingDevice.SECTOR;
        long length = (long) count * BLOCK_SECTORS * CrashingDevice.SECTOR;
        try {
            boolean uncommitted =
                    random.nextBoolean()
                            ? volume.unmap(offset, length)
                            : volume.writeZeroes(offset, length);
            if (!uncommitted) {
                touched.forEach(model::harden);
            }
        } catch (BackendException e) {
            if (e.error() != BackendError.NO_SPACE) {
                throw e;
            }
            // Extents before the one at fault are done: see what is true now.
            this.model.values().forEach(VolumeModel::flushed);
            model.settle(content(volume));
            volume.flush();
        }
        store.release(volume);
    }

    private void flush(BlockStore store, String name) throws BackendException {
        Volume volume = store.openVolume(name);
        if (dropBarrier && random.nextBoolean()) {
            device.ignoreForces(1);
        }
        volume.flush();
        device.ignoreForces(0);
        model.values().forEach(VolumeModel::flushed);
        store.release(volume);
    }

    private void readBack(BlockStore store, String name, VolumeModel model)
            throws BackendException {
        Volume volume = store.openVolume(name);
        if (!content(volume).equals(model.live())) {
            throw new IllegalStateException(name + " does not read as written");
        }
        store.release(volume);
    }

    private void createVolume(BlockStore store) throws BackendException {
        String name = name();
        int extents = 1 + random.nextInt(4);
        begin().put(name, new VolumeModel(extents));
        store.createVolume(name, (long) extents << 20);
        done();
    }

    private void createSnapshot(BlockStore store, String name, VolumeModel before)
            throws BackendException {
        if (before.snapshots().size() > 4) {
            return;
        }
        int frozen = store.volume(name).headSnapshotId();
        VolumeModel after = before.copy();
        after.flushed();
        after.snapshots().addFirst(new VolumeModel.Snapshot(frozen, after.live()));
        begin().put(name, after);
        if (store.createSnapshot(name) != frozen) {
            throw new IllegalStateException("createSnapshot returned another id");
        }
        done();
        model.values().forEach(VolumeModel::flushed);
    }

    private void deleteSnapshot(BlockStore store, String name, VolumeModel before)
            throws BackendException {
        if (before.snapshots().isEmpty()) {
            return;
        }
        VolumeModel after = before.copy();
        int index = random.nextInt(after.snapshots().size());
        int id = after.snapshots().remove(index).id();
        begin().put(name, after);
        store.deleteSnapshot(id);
        done();
        model.values().forEach(VolumeModel::flushed);
    }

    private void clone(BlockStore store, String name, VolumeModel source) throws BackendException {
        if (model.size() > (large ? 4 : 3)) {
            return;
        }
        unpin(store);
        String newName = name();
        VolumeModel copy = new VolumeModel(source.extents());
        int id = store.volume(name).headSnapshotId();
        if (source.snapshots().isEmpty() || random.nextBoolean()) {
            copy.settle(source.live());
        } else {
            VolumeModel.Snapshot snapshot = source.snapshots().getFirst();
            id = snapshot.id();
            copy.settle(snapshot.content());
        }
        begin().put(newName, copy);
        try {
            store.cloneSnapshot(id, newName, ProgressListener.NONE);
            done();
        } catch (BackendException e) {
            if (e.error() != BackendError.NO_SPACE) {
                throw e;
            }
            alternative = null;
        }
        model.values().forEach(VolumeModel::flushed);
    }

    private void rename(BlockStore store, String name, VolumeModel volume) throws BackendException {
        String newName = name();
        Map<String, VolumeModel> after = begin();
        after.remove(name);
        after.put(newName, volume.copy());
        store.renameVolume(name, newName);
        done();
    }

    private void deleteVolume(BlockStore store, String name) throws BackendException {
        unpin(store);
        begin().remove(name);
        store.deleteVolume(name);
        done();
        model.values().forEach(VolumeModel::flushed);
    }

    /** A long name crosses sectors, a short one mostly does not. */
    private String name() {
        nextName++;
        return random.nextBoolean() ? "v" + nextName : "long-" + nextName + "-".repeat(200);
    }

    private Map<String, VolumeModel> begin() {
        Map<String, VolumeModel> after = new TreeMap<>();
        model.forEach((name, volume) -> after.put(name, volume.copy()));
        alternative = after;
        return after;
    }

    private void done() {
        model = Objects.requireNonNull(alternative);
        alternative = null;
    }

    // Comparison.

    private @Nullable String compare(BlockStore store, boolean processOnly)
            throws BackendException {
        for (String finding : store.findings()) {
            if (finding.contains("kept") || finding.contains("not served")) {
                return "finding: " + finding;
            }
        }
        restoreLostName(store);
        String mismatch = settle(store, model, processOnly);
        if (mismatch != null && alternative != null) {
            String other = settle(store, alternative, processOnly);
            model = alternative;
            mismatch = other == null ? null : mismatch + "; nor as if done: " + other;
        }
        alternative = null;
        return mismatch != null ? mismatch : leaks(store);
    }

    /** A rename across sectors may leave no name; people find the volume by its slot. */
    private void restoreLostName(BlockStore store) throws BackendException {
        for (VolumeInfo info : store.volumes()) {
            if (info.name().isEmpty() && alternative != null) {
                for (String name : model.keySet()) {
                    if (!alternative.containsKey(name)) {
                        store.renameVolume("#" + info.slot(), name);
                    }
                }
            }
        }
    }

    private @Nullable String settle(
            BlockStore store, Map<String, VolumeModel> expected, boolean processOnly)
            throws BackendException {
        List<String> names = store.volumes().stream().map(VolumeInfo::name).sorted().toList();
        if (!names.equals(List.copyOf(expected.keySet()))) {
            return "volumes are %s instead of %s".formatted(names, expected.keySet());
        }
        Map<VolumeModel, Map<Integer, Integer>> heads = new HashMap<>();
        for (Map.Entry<String, VolumeModel> volume : expected.entrySet()) {
            Volume head = store.openVolume(volume.getKey());
            Map<Integer, Integer> found = content(head);
            store.release(head);
            String mismatch = volume.getValue().mismatch(found, processOnly);
            if (mismatch == null) {
                mismatch = snapshots(store, volume.getKey(), volume.getValue());
            }
            if (mismatch != null) {
                return volume.getKey() + ": " + mismatch;
            }
            heads.put(volume.getValue(), found);
        }
        heads.forEach(VolumeModel::settle);
        return null;
    }

    private static @Nullable String snapshots(BlockStore store, String name, VolumeModel expected)
            throws BackendException {
        List<SnapshotInfo> chain = store.snapshots(name);
        if (chain.size() != expected.snapshots().size() + 1) {
            return "%d snapshots instead of %d"
                    .formatted(chain.size() - 1, expected.snapshots().size());
        }
        for (int i = 1; i < chain.size(); i++) {
            VolumeModel.Snapshot snapshot = expected.snapshots().get(i - 1);
            if (chain.get(i).id() != snapshot.id()) {
                return "snapshot %d instead of %d".formatted(chain.get(i).id(), snapshot.id());
            }
            Volume frozen = store.openSnapshot(snapshot.id());
            Map<Integer, Integer> found = content(frozen);
            store.release(frozen);
            if (!found.equals(snapshot.content())) {
                return "snapshot %d changed: %s instead of %s"
                        .formatted(snapshot.id(), found, snapshot.content());
            }
        }
        return null;
    }

    private static @Nullable String leaks(BlockStore store) throws BackendException {
        long extents = 0;
        int layers = 0;
        for (VolumeInfo volume : store.volumes()) {
            for (SnapshotInfo layer : store.snapshots(volume.name())) {
                extents += layer.ownExtents();
                layers++;
            }
        }
        return extents == store.info().usedExtents() && layers == store.info().snapshotCount()
                ? null
                : "extents or layers belong to nobody";
    }

    private @Nullable String compareWithPlainReader() throws IOException {
        PlainReader reader = new PlainReader(device);
        for (PlainReader.PlainVolume volume : reader.volumes()) {
            VolumeModel expected = model.get(volume.name());
            if (expected == null || volume.chain().size() != expected.snapshots().size() + 1) {
                return "the original would see another " + volume.name();
            }
            if (!reader.content(volume.chain().getFirst()).equals(expected.live())) {
                return "the original would read another " + volume.name();
            }
            for (int i = 1; i < volume.chain().size(); i++) {
                VolumeModel.Snapshot snapshot = expected.snapshots().get(i - 1);
                if (!reader.content(volume.chain().get(i)).equals(snapshot.content())) {
                    return "the original would read another snapshot of " + volume.name();
                }
            }
        }
        return null;
    }

    private static Map<Integer, Integer> content(Volume volume) throws BackendException {
        Map<Integer, Integer> stamps = new HashMap<>();
        long offset = 0;
        while (offset < volume.sizeBytes()) {
            Volume.Run run = volume.runAt(offset);
            if (run.mapped()) {
                ByteBuffer buffer = ByteBuffer.allocateDirect((int) run.lengthBytes());
                volume.read(offset, buffer);
                Stamps.collect(buffer.flip(), (int) (offset / CrashingDevice.SECTOR), stamps);
            }
            offset += run.lengthBytes();
        }
        return stamps;
    }
}
