package org.dbstore.server;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeListener;
import org.dbstore.config.LunConfig;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.metrics.Metrics;
import org.dbstore.server.metrics.UnitMeter;
import org.dbstore.server.qos.Qos;
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

    private final Metrics metrics;
    private final Qos qos;
    private final Map<Volume, Served> units = new ConcurrentHashMap<>();

    /** A unit, and how many mappings lead to it. */
    private static final class Served {
        private final BlockStore store;
        private final LogicalUnit unit;
        private int uses;

        private Served(BlockStore store, LogicalUnit unit) {
            this.store = store;
            this.unit = unit;
        }
    }

    /**
     * Begins with no unit.
     *
     * @param metrics count the commands of each mapping
     * @param qos limits them
     */
    ServedUnits(Metrics metrics, Qos qos) {
        this.metrics = metrics;
        this.qos = qos;
    }

    /** Runs in a thread of the engine's, so it takes no lock. */
    void changed(Volume volume, VolumeListener.Change change) {
        Served served = units.get(volume);
        if (served != null) {
            served.unit.volumeChanged(change == VolumeListener.Change.CONTENTS);
        }
    }

    /**
     * Opens the unit that a mapping leads to.
     *
     * @param target iSCSI name
     * @param store the device of the mapping
     * @param lun the mapping
     * @param writeBack the cache of the volume, if nobody has it open yet
     * @return for this mapping alone; to be given to {@link #close}
     * @throws BackendException if the volume cannot be served
     */
    synchronized LogicalUnit open(String target, BlockStore store, LunConfig lun, boolean writeBack)
            throws BackendException {
        Volume volume = openVolume(store, lun);
        boolean kept = false;
        try {
            Served served = units.get(volume);
            if (served == null) {
                served = create(store, lun, volume, writeBack);
                units.put(volume, served);
            }
            served.uses++;
            kept = true;
            return served.unit
                    .withBlocks(lun.blockBytes(), lun.physicalBlockBytes())
                    .mapping(lun.readOnly())
                    .mappedAs(
                            metrics.open(
                                    new UnitMeter.Labels(
                                            target,
                                            lun.number(),
                                            lun.device(),
                                            lun.volume(),
                                            lun.snapshot())),
                            qos.openLun(target, lun.number()));
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
        UnitMeter meter = unit.meter();
        if (meter != null) {
            metrics.close(meter);
            qos.closeLun(meter.labels().target(), meter.labels().lun());
        }
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

    private static Served create(BlockStore store, LunConfig lun, Volume volume, boolean writeBack)
            throws BackendException {
        LogicalUnit.Settings settings =
                new LogicalUnit.Settings(
                        lun.blockBytes(), lun.physicalBlockBytes(), writeBack, volume.uuid());
        LogicalUnit unit =
                new LogicalUnit(volume, settings, stateStore(store, lun), spaceGauge(store, lun));
        return new Served(store, unit);
    }

    private static StateStore stateStore(BlockStore store, LunConfig lun) throws BackendException {
        return lun.snapshot().isEmpty()
                ? new VolumeState(store, "#" + store.slot(lun.volume()))
                : StateStore.NONE;
    }

    private static SpaceGauge spaceGauge(BlockStore store, LunConfig lun) throws BackendException {
        String volume = "#" + store.slot(lun.volume());
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

    /** Tells whether there is what a mapping shows, and can be opened. */
    boolean canOpen(BlockStore store, LunConfig lun) {
        try {
            store.release(openVolume(store, lun));
            return true;
        } catch (BackendException e) {
            return false; // why has been told
        }
    }

    private static Volume openVolume(BlockStore store, LunConfig lun) throws BackendException {
        return lun.snapshot().isEmpty()
                ? store.openVolume(lun.volume())
                : store.openSnapshot(store.snapshotId(lun.volume(), lun.snapshot()));
    }
}
