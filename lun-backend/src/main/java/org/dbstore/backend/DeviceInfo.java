package org.dbstore.backend;

import java.nio.file.Path;
import java.util.UUID;

/**
 * What a device says of itself.
 *
 * @param path the file or block device
 * @param version of the layout, as "1.0.0"
 * @param deviceId identity of the device, kept in the unused part of the superblock; all zero on a
 *     device that was never opened for writing by this engine
 * @param sizeBytes size of the device in bytes, as in the superblock
 * @param totalExtents number of extents that really fit on the device
 * @param usedExtents number of extents that belong to a snapshot
 * @param highWaterExtents AllocatedDeviceExtents of the superblock
 * @param volumeCount number of volumes, at most 256
 * @param snapshotCount number of snapshots of all volumes, heads included; not those that were
 *     deleted but are still needed by linked clones or after a rollback
 */
public record DeviceInfo(
        Path path,
        String version,
        UUID deviceId,
        long sizeBytes,
        long totalExtents,
        long usedExtents,
        long highWaterExtents,
        int volumeCount,
        int snapshotCount) {}
