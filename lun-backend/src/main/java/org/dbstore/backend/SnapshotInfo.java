package org.dbstore.backend;

import java.time.Instant;

/**
 * One layer of a volume.
 *
 * @param id 1..65535
 * @param parentId id of the layer below, 0 = none
 * @param createdAt when this layer became the head
 * @param head true for the writable layer
 * @param ownExtents number of extents that belong to this layer alone
 */
public record SnapshotInfo(
        int id, int parentId, Instant createdAt, boolean head, long ownExtents) {}
