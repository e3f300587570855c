package org.dbstore.backend;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/**
 * One layer of a volume.
 *
 * @param id 1..65535
 * @param parentId id of the layer below, 0 = none
 * @param createdAt when the snapshot was taken; of the head, and of a snapshot that is older than
 *     the device's catalogue, when the layer began to be written
 * @param head true for the writable layer
 * @param ownExtents number of extents that belong to this layer alone
 * @param uuid identity, which no change of a name changes; of the head the volume's
 * @param name unique within the volume; absent for the head
 * @param sizeBytes what the volume had when the snapshot was taken
 * @param labels keys and values of the user; none for the head
 */
public record SnapshotInfo(
        int id,
        int parentId,
        Instant createdAt,
        boolean head,
        long ownExtents,
        UUID uuid,
        Optional<String> name,
        long sizeBytes,
        SortedMap<String, String> labels) {}
