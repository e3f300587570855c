package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Volume;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random operations on a store by one client, each noted in the model. To add one, add it to {@link
 * DataActions} or {@link ManagementActions}.
 */
final class Workload {
    /** A volume that is only there: it makes the extents in use begin behind it. */
    static final String BALLAST = "ballast";

    private final SplittableRandom random;
    private final StoreModel model;
    private final Contents contents;
    private final List<Action.Weighted> actions;
    private final int totalWeight;
    private final List<Volume> pins = new ArrayList<>();
    private @Nullable BlockStore store;
    private int nextStamp = 1;
    private boolean fileSystemMayBeFull;
    private int nextName;

    Workload(
            SplittableRandom random,
            StoreModel model,
            Contents contents,
            Collection<Action.Weighted> actions) {
        this.random = random;
        this.model = model;
        this.contents = contents;
        this.actions = List.copyOf(actions);
        this.totalWeight = actions.stream().mapToInt(Action.Weighted::weight).sum();
    }

    /** Goes on with another opening of the store. */
    void attach(BlockStore opened) {
        store = opened;
        pins.clear();
    }

    /**
     * From now on NO_SPACE may come from below, in the midst of a write: of blocks that were mapped
     * already a part may then be new.
     */
    void expectFullFileSystem() {
        fileSystemMayBeFull = true;
    }

    /** Continues the numbers of another workload. */
    void countFrom(int stamp, int name) {
        nextStamp = stamp;
        nextName = name;
    }

    /** Does one operation. */
    void step() throws BackendException {
        int dice = random.nextInt(totalWeight);
        for (Action.Weighted action : actions) {
            dice -= action.weight();
            if (dice < 0) {
                action.action().run(this);
                return;
            }
        }
    }

    // For actions.

    BlockStore store() {
        return java.util.Objects.requireNonNull(store);
    }

    StoreModel model() {
        return model;
    }

    SplittableRandom random() {
        return random;
    }

    /** Returns the first of so many new stamps. */
    int stamps(int count) {
        int first = nextStamp;
        nextStamp += count;
        return first;
    }

    /** A long name crosses sectors, a short one mostly does not. */
    String newName() {
        nextName++;
        return random.nextBoolean() ? "v" + nextName : "long-" + nextName + "-".repeat(200);
    }

    /** Any volume but the ballast; null if there is none. */
    @Nullable String anyVolume() {
        List<String> names = new ArrayList<>(model.volumes().keySet());
        names.remove(BALLAST);
        return names.isEmpty() ? null : names.get(random.nextInt(names.size()));
    }

    /** The only volume beside the given one. */
    String anyVolumeBut(String name) {
        for (String other : model.volumes().keySet()) {
            if (!other.equals(name)) {
                return other;
            }
        }
        throw new IllegalStateException("there is only " + name);
    }

    int volumeCount() {
        return model.volumes().size() - (model.volumes().containsKey(BALLAST) ? 1 : 0);
    }

    Map<Integer, Integer> contentOf(Volume volume) throws BackendException {
        return contents.of(volume);
    }

    /** Keeps some volumes open, so that operations meet live views. */
    void pinSome() throws BackendException {
        for (String name : model.volumes().keySet()) {
            if (random.nextBoolean()) {
                pins.add(store().openVolume(name));
            }
        }
    }

    void unpin() {
        pins.forEach(store()::release);
        pins.clear();
    }

    /**
     * Writes stamps; if there is no space the extent at fault is as it was.
     *
     * @param through true to have them durable at once, if that can be
     */
    void write(String name, int firstSector, int count, boolean through) throws BackendException {
        VolumeModel volume = model.volume(name);
        int stamp = stamps(count);
        for (int i = 0; i < count; i++) {
            volume.writing(firstSector + i, stamp + i);
        }
        ByteBuffer data = Stamps.sectors(count, stamp);
        int lastExtent = (firstSector + count - 1) / VolumeModel.SECTORS_OF_EXTENT;
        boolean oneExtent = firstSector / VolumeModel.SECTORS_OF_EXTENT == lastExtent;
        boolean back = !through && random.nextInt(3) > 0;
        change(
                name,
                v -> {
                    long offset = (long) firstSector * SimulatedDevice.SECTOR;
                    boolean safe =
                            !(through
                                    ? v.writeThrough(offset, data)
                                    : back ? v.writeBack(offset, data) : v.write(offset, data));
                    for (int i = firstSector; i < firstSector + count && safe; i++) {
                        if (through) {
                            volume.forced(i);
                        } else {
                            volume.harden(i);
                        }
                    }
                },
                () -> {
                    for (int i = 0; i < count && oneExtent && !fileSystemMayBeFull; i++) {
                        volume.refused(firstSector + i);
                    }
                });
    }

    /** Writes stamps, all or none; if there is no space none. */
    void writeAtomically(String name, int firstSector, int count) throws BackendException {
        VolumeModel volume = model.volume(name);
        int stamp = stamps(count);
        ByteBuffer data = Stamps.sectors(count, stamp);
        Volume view = store().openVolume(name);
        try {
            if (view.atomicWriteBytesMax() == 0) {
                return;
            }
            volume.writingAtomically(firstSector, stamp, count);
            view.writeAtomically((long) firstSector * SimulatedDevice.SECTOR, data);
            for (int i = 0; i < count; i++) {
                volume.forced(firstSector + i);
            }
        } catch (BackendException e) {
            if (e.error() != BackendError.NO_SPACE) {
                throw e;
            }
            for (int i = 0; i < count; i++) {
                volume.refused(firstSector + i);
            }
        } finally {
            store().release(view);
        }
    }

    /** A change of a volume's content. */
    @FunctionalInterface
    interface Change {
        void run(Volume volume) throws BackendException;
    }

    /**
     * Runs a change that the model knows of already.
     *
     * @param name of the volume
     * @param change to be run
     * @param refused called if there was no space, before the content is looked at: extents before
     *     the one at fault may be done
     */
    void change(String name, Change change, Runnable refused) throws BackendException {
        Volume volume = store().openVolume(name);
        try {
            change.run(volume);
        } catch (BackendException e) {
            if (e.error() != BackendError.NO_SPACE) {
                throw e;
            }
            refused.run();
            takeOver(name);
        } finally {
            store().release(volume);
        }
    }

    /** There was no space in the midst of something: what is there now counts. */
    void takeOver(String name) throws BackendException {
        Volume volume = store().openVolume(name);
        try {
            Map<Integer, Integer> found = contentOf(volume);
            String mismatch = model.volume(name).mismatch(found, false);
            if (mismatch != null) {
                throw new IllegalStateException("after NO_SPACE: " + mismatch);
            }
            model.volume(name).writing(found);
            volume.flush();
            model.flushed();
        } finally {
            store().release(volume);
        }
    }

    /** A management operation: as it is before until {@code operation} returns, then as after. */
    @FunctionalInterface
    interface Operation {
        void run() throws BackendException;
    }

    /**
     * Runs one whose outcome {@link StoreModel#begin} has told the model.
     *
     * @param operation on the store
     * @return false if it was refused for want of space
     */
    boolean manage(Operation operation) throws BackendException {
        try {
            operation.run();
        } catch (BackendException e) {
            if (e.error() != BackendError.NO_SPACE) {
                throw e;
            }
            model.undone();
            return false;
        }
        model.done();
        return true;
    }
}
