package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Severity;
import org.dbstore.backend.VolumeInfo;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The devices that are open, by name, and those that could not be opened. Immutable: {@link #with}
 * opens what is new.
 *
 * @param open by name, in the order of the configuration
 * @param missing by name
 */
record Devices(Map<String, Device> open, Map<String, Missing> missing) {
    private static final Logger LOG = LogManager.getLogger(Devices.class);

    /** None. */
    static final Devices NONE = new Devices(Map.of(), Map.of());

    /**
     * An open device.
     *
     * @param config as it was opened
     */
    record Device(DeviceConfig config, BlockStore store) {}

    /**
     * A device that could not be opened.
     *
     * @param config as it was tried
     * @param reason why
     */
    record Missing(DeviceConfig config, String reason) {}

    /** The store of a device; null if there is none of that name. */
    @Nullable BlockStore find(String name) {
        Device device = open.get(name);
        return device == null ? null : device.store;
    }

    /**
     * Says why there is no store of a name.
     *
     * @return {@link BackendError#NOT_FOUND}
     */
    BackendException notOpen(String name) {
        Missing absent = missing.get(name);
        return new BackendException(
                BackendError.NOT_FOUND,
                absent == null
                        ? "there is no device " + name
                        : "device " + name + " is not open: " + absent.reason);
    }

    /** The name of a device by its store; empty if it is not among them. */
    Optional<String> nameOf(BlockStore store) {
        return open.entrySet().stream()
                .filter(each -> each.getValue().store == store)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The stores, by name. */
    Map<String, BlockStore> stores() {
        Map<String, BlockStore> stores = new LinkedHashMap<>();
        open.forEach((name, device) -> stores.put(name, device.store));
        return stores;
    }

    /**
     * Opens what a configuration has more, and creates what it wants and is not there. A device
     * that was wanted before and cannot be opened keeps nobody from the others, unless there are
     * none.
     *
     * @param wanted all devices to be open
     * @param before what was wanted until now
     * @param again true to try once more what could not be opened
     * @param undo learns how to take it back
     * @return those devices; the others are still open
     */
    Devices with(
            Collection<DeviceConfig> wanted,
            Collection<DeviceConfig> before,
            boolean again,
            UndoStack undo)
            throws BackendException {
        Map<String, Device> next = new LinkedHashMap<>();
        Map<String, Missing> lost = new LinkedHashMap<>();
        BackendException failure = null;
        for (DeviceConfig config : wanted) {
            Missing absent = missing.get(config.name());
            if (absent != null && !again && isSameOpening(absent.config, config)) {
                lost.put(config.name(), absent);
                continue;
            }
            BlockStore store;
            try {
                store = opened(config, undo);
            } catch (BackendException e) {
                if (before.stream().noneMatch(old -> isSameDevice(old, config))) {
                    throw e;
                }
                failure = failure == null ? e : failure;
                lost.put(config.name(), new Missing(config, String.valueOf(e.getMessage())));
                continue;
            }
            if (absent != null) {
                LOG.info("device {} can be opened now", config.name());
            }
            createVolumes(config, store, undo);
            next.put(config.name(), new Device(config, store));
        }
        if (next.isEmpty() && failure != null) {
            throw failure;
        }
        lost.forEach((name, now) -> {
            if (!now.equals(missing.get(name))) {
                LOG.error("device {} is not served, nor are its LUNs: {}", name, now.reason);
            }
        });
        return new Devices(next, lost);
    }

    /** The store of a device that is open as wanted, or is opened now. */
    private BlockStore opened(DeviceConfig config, UndoStack undo) throws BackendException {
        Device present = open.get(config.name());
        return present != null && isSameOpening(present.config, config)
                ? present.store
                : openNew(config, undo);
    }

    private static boolean isSameDevice(DeviceConfig one, DeviceConfig other) {
        return one.name().equals(other.name()) && isSameOpening(one, other);
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

    /** What was asked for before and is gone has been deleted since; it stays so. */
    private void createVolumes(DeviceConfig config, BlockStore store, UndoStack undo)
            throws BackendException {
        Device present = open.get(config.name());
        Set<VolumeConfig> asked =
                present != null && present.store == store
                        ? Set.copyOf(present.config.volumes())
                        : Set.of();
        Set<String> there =
                store.volumes().stream().map(VolumeInfo::name).collect(Collectors.toSet());
        for (VolumeConfig volume : config.volumes()) {
            if (!asked.contains(volume) && !there.contains(volume.name())) {
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
