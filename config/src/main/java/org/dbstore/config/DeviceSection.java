package org.dbstore.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@link ConfigKey#DEVICES}. */
final class DeviceSection {
    private final Path baseDirectory;
    private final Map<Path, Place> paths = new HashMap<>();

    /**
     * Creates the reader.
     *
     * @param baseDirectory what relative paths are relative to
     */
    DeviceSection(Path baseDirectory) {
        this.baseDirectory = baseDirectory;
    }

    /** The devices that could be read; what is wrong with the others has been noted. */
    List<DeviceConfig> read(Entry root) {
        List<DeviceConfig> devices = new ArrayList<>();
        root.one(ConfigKey.DEVICES).map(Entry::entries).orElse(List.of()).stream()
                .map(this::device)
                .forEach(device -> device.ifPresent(devices::add));
        return devices;
    }

    private Optional<DeviceConfig> device(Entry entry) {
        entry.checkKeys(ConfigKey.DEVICE_PATH);
        Optional<String> name = entry.parsedName(Values::label);
        Optional<Path> path = entry.value(ConfigKey.DEVICE_PATH, this::path);
        path.ifPresent(value -> checkUnshared(entry, value));
        long size = entry.value(ConfigKey.DEVICE_SIZE, ByteSize::parsePositive).orElse(0L);
        boolean direct =
                entry.value(ConfigKey.DEVICE_IO, ConfigKey.DEVICE_IO::choose)
                        .orElse("buffered")
                        .equals("direct");
        List<VolumeConfig> volumes = volumes(entry);
        SoftThresholds thresholds = thresholds(entry);
        if (name.isEmpty() || path.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new DeviceConfig(name.get(), path.get(), direct, size, volumes, thresholds));
    }

    private static SoftThresholds thresholds(Entry device) {
        int whole =
                device.value(ConfigKey.DEVICE_SOFT_THRESHOLD, SoftThresholds::percent).orElse(0);
        Map<String, Integer> volumes = new HashMap<>();
        for (Entry entry :
                device.one(ConfigKey.VOLUME_SOFT_THRESHOLDS)
                        .map(Entry::entries)
                        .orElse(List.of())) {
            Optional<String> name = entry.parsedName(VolumeConfig::checkName);
            Optional<Integer> percent = entry.parsed(SoftThresholds::percent);
            if (name.isPresent() && percent.isPresent()) {
                volumes.put(name.get(), percent.get());
            }
        }
        return new SoftThresholds(whole, volumes);
    }

    private List<VolumeConfig> volumes(Entry device) {
        List<VolumeConfig> volumes = new ArrayList<>();
        for (Entry entry :
                device.one(ConfigKey.DEVICE_VOLUMES).map(Entry::entries).orElse(List.of())) {
            Optional<String> name = entry.parsedName(VolumeConfig::checkName);
            Optional<Long> size = entry.parsed(ByteSize::parsePositive);
            if (name.isPresent() && size.isPresent()) {
                volumes.add(new VolumeConfig(name.get(), size.get()));
            }
        }
        return volumes;
    }

    private Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty; name a file or block device");
        }
        try {
            return baseDirectory.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "is not a path: " + e.getReason() + "; name a file or block device", e);
        }
    }

    private void checkUnshared(Entry entry, Path path) {
        Place first = paths.putIfAbsent(path, entry.place());
        if (first != null) {
            entry.problem("the device at " + first + " has the same path; leave one of them");
        }
    }
}
