package org.dbstore.server.admin.api;

import org.dbstore.backend.SnapshotInfo;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/**
 * A snapshot, or the head of a volume, as {@link SnapshotInfo}.
 *
 * @param name as volume@name, or volume@id if it has none
 * @param volume that it belongs to
 * @param id 1..65535, the only one of the device
 * @param parentId of the layer below
 * @param createdAt when it was taken; of the head, when it began
 * @param head true for what is written
 * @param ownBytes of extents that belong to it alone
 * @param snapshotName without the volume
 * @param sizeBytes what the volume had
 * @param uuid identity
 * @param labels of the user
 */
public record SnapshotView(
        String name,
        String volume,
        int id,
        Optional<Integer> parentId,
        Instant createdAt,
        boolean head,
        long ownBytes,
        Optional<String> snapshotName,
        long sizeBytes,
        UUID uuid,
        SortedMap<String, String> labels) {
    /** Unit of allocation of the layout. */
    private static final long EXTENT_BYTES = 1 << 20;

    /**
     * Shows a snapshot.
     *
     * @param volume that it belongs to
     * @param info what the engine says
     */
    public static SnapshotView of(String volume, SnapshotInfo info) {
        return new SnapshotView(
                volume + "@" + info.name().orElse(Integer.toString(info.id())),
                volume,
                info.id(),
                info.parentId() == 0 ? Optional.empty() : Optional.of(info.parentId()),
                info.createdAt(),
                info.head(),
                info.ownExtents() * EXTENT_BYTES,
                info.name(),
                info.sizeBytes(),
                info.uuid(),
                info.labels());
    }

    /** What the engine says of it. */
    public SnapshotInfo info() {
        return new SnapshotInfo(
                id,
                parentId.orElse(0),
                createdAt,
                head,
                ownBytes / EXTENT_BYTES,
                uuid,
                snapshotName,
                sizeBytes,
                labels);
    }
}
