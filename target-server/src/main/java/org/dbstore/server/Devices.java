package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Severity;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.VolumeConfig;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The devices that are open, by name. Immutable: {@link #with} opens what is new.
 *
 * @param open by name, in the order of the configuration
 */
record Devices(Map<String, Device> open) {
    private static final Logger LOG = LogManager.getLogger(Devices.class);

    /** None. */
    static final Devices NONE = new Devices(Map.of());

    /**
     * An open device.
     *
     * @param config as it was opened
     */
    record Device(DeviceConfig config, BlockStore store) {}

    /** The store of a device; null if there is none of that name. */
    @Nullable BlockStore find(String name) {
        Device device = open.get(name);
        return device == null ? null : device.store;
    }

    /** The stores, by name. */
    Map<String, BlockStore> stores() {
        Map<String, BlockStore> stores = new LinkedHashMap<>();
        open.forEach((name, device) -> stores.put(name, device.store));
        return stores;
    }

    /**
     * Opens what a configuration has more, and creates what it wants and is not there.
     *
     * @param wanted all devices to be open
     * @param undo learns how to take it back
     * @return those devices; the others are still open
     */
    Devices with(Collection<DeviceConfig> wanted, UndoStack undo) throws BackendException {
        Map<String, Device> next = new LinkedHashMap<>();
        for (DeviceConfig config : wanted) {
            Device present = open.get(config.name());
            BlockStore store =
                    present != null && isSameOpening(present.config, config)
                            ? present.store
                            : openNew(config, undo);
            createVolumes(config, store, undo);
            next.put(config.name(), new Device(config, store));
        }
        return new Devices(next);
    }

    private static boolean isSameOpening(DeviceConfig one, DeviceConfig other) {
        return one.path().equals(other.path()) && one.direct() == other.direct();
    }

    private static BlockStore openNew(DeviceConfig config, UndoStack undo) throws BackendException {
        Path path = config.path();
        if (!Files.exists(path) && config.createBytes() > 0) {
            create(config);
            undo.add(() -> delete(path));
        }
        OpenOptions.Io io = config.direct() ? OpenOptions.Io.DIRECT : OpenOptions.Io.BUFFERED;
        BlockStore store = BlockStore.open(path, new OpenOptions(io, false));
        undo.add(store::close);
        for (Finding finding : store.report()) {
            if (finding.severity() == Severity.INFO) {
                LOG.info("device {}: {}", config.name(), finding.text());
            } else {
                LOG.warn("device {}: {}", config.name(), finding.text());
            }
        }
        return store;
    }

    private static void create(DeviceConfig config) throws BackendException {
        Path parent = config.path().toAbsolutePath().getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException e) {
            throw new BackendException(
                    BackendError.IO, "cannot create the folder of device " + config.path(), e);
        }
        BlockStore.initialize(config.path(), config.createBytes(), false);
        LOG.info(
                "created device {} of {} bytes at {}",
                config.name(),
                config.createBytes(),
                config.path());
    }

    private static void delete(Path path) throws BackendException {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "deletion of " + path, e);
        }
    }

    private static void createVolumes(DeviceConfig config, BlockStore store, UndoStack undo)
            throws BackendException {
        for (VolumeConfig volume : config.volumes()) {
            if (store.volumes().stream().noneMatch(v -> v.name().equals(volume.name()))) {
                store.createVolume(volume.name(), volume.sizeBytes());
                undo.add(() -> store.deleteVolume(volume.name()));
                LOG.info("created volume {} on device {}", volume.name(), config.name());
            }
        }
    }

    /**
     * Closes the devices that others do not have.
     *
     * @return what went wrong, if anything did; they are closed all the same
     */
    @Nullable BackendException closeBut(Devices others) {
        BackendException failure = null;
        Collection<BlockStore> kept = others.stores().values();
        for (Device device : List.copyOf(open.values())) {
            try {
                if (!kept.contains(device.store)) {
                    device.store.close();
                }
            } catch (BackendException e) {
                LOG.error("device {} did not close well: {}", device.config.name(), e.getMessage());
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        return failure;
    }
}
