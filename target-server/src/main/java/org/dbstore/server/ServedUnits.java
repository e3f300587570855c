package org.dbstore.server;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeListener;
import org.dbstore.config.LunConfig;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.scsi.SpaceGauge;
import org.dbstore.server.scsi.StateStore;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The logical units that are served: one for each volume or snapshot, however often it is mapped.
 * Safe for all threads: opening and closing hold the monitor.
 */
final class ServedUnits {
    private static final long EXTENT_BYTES = 1 << 20;

    private final Map<String, BlockStore> stores;
    private final Predicate<LunConfig> writesBack;
    private final Map<Volume, Served> units = new ConcurrentHashMap<>();

    /** A unit, and how many mappings lead to it. */
    private static final class Served {
        private final BlockStore store;
        private final LogicalUnit unit;
        private final LogicalUnit.Settings settings;
        private int uses;

        private Served(BlockStore store, LogicalUnit unit, LogicalUnit.Settings settings) {
            this.store = store;
            this.unit = unit;
            this.settings = settings;
        }
    }

    /**
     * Begins with no unit, and listens to the devices.
     *
     * @param stores the devices, by name
     * @param writesBack tells the cache of a volume by a mapping of it: a read-only one does not
     *     say it
     */
    ServedUnits(Map<String, BlockStore> stores, Predicate<LunConfig> writesBack) {
        this.stores = Map.copyOf(stores);
        this.writesBack = writesBack;
        this.stores.values().forEach(store -> store.listen(this::changed));
    }

    /** Runs in a thread of the engine's, so it takes no lock. */
    private void changed(Volume volume, VolumeListener.Change change) {
        Served served = units.get(volume);
        if (served != null) {
            served.unit.volumeChanged(change == VolumeListener.Change.CONTENTS);
        }
    }

    /**
     * Opens the unit that a mapping leads to.
     *
     * @param lun the mapping
     * @return for this mapping alone; to be given to {@link #close}
     * @throws BackendException if the volume cannot be served, or is already with other settings
     */
    synchronized LogicalUnit open(LunConfig lun) throws BackendException {
        BlockStore store = stores.get(lun.device());
        if (store == null) {
            throw new BackendException(
                    BackendError.NOT_FOUND, "there is no device " + lun.device());
        }
        Volume volume = openVolume(store, lun);
        boolean kept = false;
        try {
            Served served = units.get(volume);
            if (served == null) {
                served = create(store, lun, volume);
                units.put(volume, served);
            } else {
                check(served, settings(lun, volume));
            }
            served.uses++;
            kept = true;
            return served.unit.mapping(lun.readOnly());
        } finally {
            if (!kept) {
                store.release(volume);
            }
        }
    }

    /** Gives up what {@link #open} gave: nobody uses it any more. */
    synchronized void close(LogicalUnit unit) {
        Map.Entry<Volume, Served> found =
                units.entrySet().stream()
                        .filter(entry -> entry.getValue().unit.isSame(unit))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("not open"));
        if (--found.getValue().uses == 0) {
            units.remove(found.getKey());
        }
        found.getValue().store.release(found.getKey());
    }

    /**
     * Tells all who can write to certain volumes of a device that space is running out (06/38/07).
     *
     * @param which tells the volumes
     */
    void tellWriters(BlockStore store, Predicate<Volume> which) {
        units.forEach((volume, served) -> {
            if (served.store == store && !volume.isReadOnly() && which.test(volume)) {
                served.unit.softThresholdReached();
            }
        });
    }

    private Served create(BlockStore store, LunConfig lun, Volume volume) throws BackendException {
        LogicalUnit.Settings settings = settings(lun, volume);
        LogicalUnit unit =
                new LogicalUnit(volume, settings, stateStore(store, lun), spaceGauge(store, lun));
        return new Served(store, unit, settings);
    }

    private LogicalUnit.Settings settings(LunConfig lun, Volume volume) {
        return new LogicalUnit.Settings(
                lun.blockBytes(), lun.physicalBlockBytes(), writesBack.test(lun), volume.uuid());
    }

    /** Of one identity initiators must not see two disks (SPC-4, "Logical unit name"). */
    private static void check(Served served, LogicalUnit.Settings wanted) throws BackendException {
        if (!served.settings.equals(wanted)) {
            throw new BackendException(
                    BackendError.INVALID,
                    "the same volume is served with another block size or cache");
        }
    }

    private static StateStore stateStore(BlockStore store, LunConfig lun) throws BackendException {
        return lun.snapshot().isEmpty()
                ? new VolumeState(store, "#" + store.volume(lun.volume()).slot())
                : StateStore.NONE;
    }

    private static SpaceGauge spaceGauge(BlockStore store, LunConfig lun) throws BackendException {
        String volume = "#" + store.volume(lun.volume()).slot();
        return new SpaceGauge() {
            @Override
            public long freeBytes() {
                DeviceInfo info = store.info();
                return (info.totalExtents() - info.usedExtents()) * EXTENT_BYTES;
            }

            @Override
            public long usedBytes() throws BackendException {
                return store.volume(volume).mappedBytes();
            }
        };
    }

    private static Volume openVolume(BlockStore store, LunConfig lun) throws BackendException {
        return lun.snapshot().isEmpty()
                ? store.openVolume(lun.volume())
                : store.openSnapshot(store.snapshotId(lun.volume(), lun.snapshot()));
    }
}
