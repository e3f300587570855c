package org.dbstore.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A device that holds volumes.
 *
 * @param name by which LUNs refer to it
 * @param path of a file or block device; relative paths are relative to the config file
 * @param direct true to go past the page cache
 * @param createBytes size of the sparse file to create when the path does not exist, 0 = do not
 *     create
 * @param volumes to create when absent; never deleted or resized by a config
 */
public record DeviceConfig(
        String name, Path path, boolean direct, long createBytes, List<VolumeConfig> volumes) {}
