package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.SoftThresholds;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks every second how full devices and volumes are, and tells their initiators when a soft
 * threshold is reached: once, and again when it is reached after having been left.
 */
final class SpaceWatch implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(SpaceWatch.class);
    private static final long INTERVAL_NANOS = 1_000_000_000;
    private static final double WHOLE_PERCENT = 100;

    private final ServedUnits units;

    /** What is watched; replaced under the monitor. */
    private Devices devices = Devices.NONE;

    /** What is above its threshold: "device" or "device/volume". Guarded by the monitor. */
    private final Set<String> reached = new HashSet<>();

    private final Thread thread;
    private volatile boolean closed;

    /**
     * Begins to watch nothing.
     *
     * @param units who is to be told
     */
    SpaceWatch(ServedUnits units) {
        this.units = units;
        this.thread = Thread.ofPlatform().daemon().name("dbs-space").start(this::watch);
    }

    /** Watches these devices from now on; no other is looked at any more when it returns. */
    synchronized void follow(Devices next) {
        devices = next;
    }

    /** Ends it, and waits until no device is looked at any more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the shutdown", e);
        }
    }

    private void watch() {
        while (!closed) {
            lookAtAll();
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private synchronized void lookAtAll() {
        for (Devices.Device device : devices.open().values()) {
            if (!device.config().thresholds().equals(SoftThresholds.NONE)) {
                look(device.config(), device.store());
            }
        }
    }

    private void look(DeviceConfig device, BlockStore store) {
        int limit = device.thresholds().devicePercent();
        DeviceInfo info = store.info();
        if (crosses(device.name(), limit, info.usedExtents(), info.totalExtents())) {
            LOG.warn("device {} is {} % full", device.name(), limit);
            units.tellWriters(store, volume -> true);
        }
        device.thresholds()
                .volumePercents()
                .forEach((name, percent) -> {
                    try {
                        VolumeInfo volume = store.volume(name);
                        String key = device.name() + "/" + name;
                        if (crosses(key, percent, volume.mappedBytes(), volume.sizeBytes())) {
                            LOG.warn(
                                    "volume {} of device {} is {} % full",
                                    name, device.name(), percent);
                            units.tellWriters(store, each -> each.uuid().equals(volume.uuid()));
                        }
                    } catch (BackendException e) {
                        LOG.debug(
                                "volume {} of device {}: {}", name, device.name(), e.getMessage());
                    }
                });
    }

    private boolean crosses(String key, int percent, long used, long whole) {
        boolean isAbove = percent > 0 && used / (double) whole >= percent / WHOLE_PERCENT;
        boolean wasAbove = isAbove ? !reached.add(key) : reached.remove(key);
        return isAbove && !wasAbove;
    }
}
