package org.dbstore.server.metrics;

import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.StoreStatistics;
import org.dbstore.backend.VolumeInfo;

import java.util.List;

/**
 * What a device says of itself at one moment.
 *
 * @param name by the configuration
 * @param info sizes
 * @param statistics what the engine has counted since it was opened
 * @param failed true if nothing is written to it any more
 * @param volumes its volumes
 */
public record DeviceFigures(
        String name,
        DeviceInfo info,
        StoreStatistics statistics,
        boolean failed,
        List<VolumeInfo> volumes) {}
