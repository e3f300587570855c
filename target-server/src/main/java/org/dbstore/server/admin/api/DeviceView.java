package org.dbstore.server.admin.api;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.Finding;
import org.dbstore.backend.Severity;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A device, as {@link DeviceInfo}.
 *
 * @param name by the configuration
 * @param path the file or block device
 * @param version of the layout
 * @param deviceId identity
 * @param sizeBytes of the device
 * @param usedBytes of extents that belong to snapshots
 * @param freeBytes of the others
 * @param totalExtents that fit
 * @param usedExtents that belong to a snapshot
 * @param highWaterExtents of the superblock
 * @param volumeCount volumes
 * @param snapshotCount snapshots of all volumes, heads included
 * @param failed true if nothing can be made durable any more: only a restart helps
 * @param findings what is wrong
 * @param remarks what is worth knowing
 */
public record DeviceView(
        String name,
        Path path,
        String version,
        UUID deviceId,
        long sizeBytes,
        long usedBytes,
        long freeBytes,
        long totalExtents,
        long usedExtents,
        long highWaterExtents,
        int volumeCount,
        int snapshotCount,
        boolean failed,
        List<String> findings,
        List<String> remarks) {
    /** Unit of allocation of the layout. */
    private static final long EXTENT_BYTES = 1 << 20;

    /**
     * Looks at a device.
     *
     * @param name by the configuration
     * @param store the device
     */
    public static DeviceView of(String name, BlockStore store) {
        DeviceInfo info = store.info();
        return new DeviceView(
                name,
                info.path(),
                info.version(),
                info.deviceId(),
                info.sizeBytes(),
                info.usedExtents() * EXTENT_BYTES,
                (info.totalExtents() - info.usedExtents()) * EXTENT_BYTES,
                info.totalExtents(),
                info.usedExtents(),
                info.highWaterExtents(),
                info.volumeCount(),
                info.snapshotCount(),
                store.isFailed(),
                texts(store, true),
                texts(store, false));
    }

    /** What the engine says of it. */
    public DeviceInfo info() {
        return new DeviceInfo(
                path,
                version,
                deviceId,
                sizeBytes,
                totalExtents,
                usedExtents,
                highWaterExtents,
                volumeCount,
                snapshotCount);
    }

    private static List<String> texts(BlockStore store, boolean wrong) {
        return store.report().stream()
                .filter(finding -> (finding.severity() != Severity.INFO) == wrong)
                .map(Finding::text)
                .toList();
    }
}
