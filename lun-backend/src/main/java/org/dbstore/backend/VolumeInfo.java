package org.dbstore.backend;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/**
 * A volume as the volume table has it.
 *
 * @param slot index in the volume table, 0..255; addresses volumes whose names are doubled
 * @param name as stored, up to the first NUL; undecodable bytes are replaced
 * @param sizeBytes a multiple of 1 MiB
 * @param headSnapshotId id of the writable layer, 1..65535
 * @param headCreatedAt when that layer became the head: at the last snapshot, not at the creation
 * @param snapshotCount its snapshots, head included
 * @param mappedBytes bytes that read from a mapped block through the head
 * @param uuid identity, which no change of the name changes
 * @param createdAt when the volume was made; absent if it is older than the device's catalogue
 * @param labels keys and values of the user
 */
public record VolumeInfo(
        int slot,
        String name,
        long sizeBytes,
        int headSnapshotId,
        Instant headCreatedAt,
        int snapshotCount,
        long mappedBytes,
        UUID uuid,
        Optional<Instant> createdAt,
        SortedMap<String, String> labels) {}
