package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds journal, mirror and catalogue by the extent table, where the superblock does not list them:
 * the original erases that list, and a power loss may destroy the superblock.
 */
final class ReservedSearch {
    private ReservedSearch() {}

    /**
     * What was found.
     *
     * @param extents complete
     * @param device identity that the mirror bears, or the journal: a power loss may tear the head
     *     of the mirror together with the superblock
     */
    record Found(ReservedExtents extents, UUID device) {}

    /**
     * Searches the whole table.
     *
     * @param reader of the device
     * @param geometry of the device
     * @return empty if they are not all there
     */
    static Optional<Found> run(MetadataReader reader, Geometry geometry) throws BackendException {
        List<ReservedExtents.Kept> kept = new ArrayList<>();
        for (int first = 0;
                first < geometry.usableExtents();
                first += MetadataReader.CHUNK_ENTRIES) {
            int count = Math.min(MetadataReader.CHUNK_ENTRIES, geometry.usableExtents() - first);
            ByteBuffer entries =
                    reader.read(Geometry.extentEntryOffset(first), count * ExtentEntry.BYTES);
            for (int i = 0; i < count; i++) {
                int at = i * ExtentEntry.BYTES;
                if (ExtentEntry.owner(entries, at) == ReservedExtents.OWNER) {
                    kept.add(
                            new ReservedExtents.Kept(first + i, ExtentEntry.position(entries, at)));
                }
            }
        }
        Optional<ReservedExtents> extents = ReservedExtents.of(kept);
        if (extents.isEmpty()) {
            return Optional.empty();
        }
        UUID device = identity(reader, geometry, extents.get());
        return device == null ? Optional.empty() : Optional.of(new Found(extents.get(), device));
    }

    private static @Nullable UUID identity(
            MetadataReader reader, Geometry geometry, ReservedExtents extents)
            throws BackendException {
        long mirror = geometry.extentOffset(extents.mirrors().getFirst());
        MirrorHeader header = MirrorHeader.read(reader.read(mirror, Geometry.BLOCK_BYTES));
        return header != null && header.index() == 0
                ? header.device()
                : JournalReplay.device(reader, geometry, extents.journal());
    }
}
