package org.dbstore.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A device that holds volumes.
 *
 * @param name by which LUNs refer to it
 * @param path of a file or block device; a relative one in a config file is relative to that file
 * @param direct true to go past the page cache
 * @param createBytes size of the sparse file to create when the path does not exist, 0 = do not
 *     create
 * @param volumes to create when absent, names unique; never deleted or resized by a config
 * @param thresholds when initiators are told that space is running out
 */
public record DeviceConfig(
        String name,
        Path path,
        boolean direct,
        long createBytes,
        List<VolumeConfig> volumes,
        SoftThresholds thresholds) {
    /** A device whose initiators are not told how full it is. */
    public DeviceConfig(
            String name, Path path, boolean direct, long createBytes, List<VolumeConfig> volumes) {
        this(name, path, direct, createBytes, volumes, SoftThresholds.NONE);
    }

    /** Checks the values. */
    public DeviceConfig {
        Values.label(name);
        volumes = List.copyOf(volumes);
        if (createBytes < 0) {
            throw new IllegalArgumentException("the size is below 0; give one, as 100GiB");
        }
        Set<String> names = new HashSet<>();
        for (VolumeConfig volume : volumes) {
            if (!names.add(volume.name())) {
                throw new IllegalArgumentException(
                        "volume " + volume.name() + " is named twice; leave one");
            }
        }
    }
}
