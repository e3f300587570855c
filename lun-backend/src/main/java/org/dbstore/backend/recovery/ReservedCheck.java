package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;

import java.nio.ByteBuffer;

/** Looks whether the extent table agrees with the superblock about reserved extents. */
final class ReservedCheck {
    private ReservedCheck() {}

    /**
     * Finds free entries that should not be.
     *
     * @param reader of the device
     * @param reserved as the superblock lists them
     * @param findings for people
     */
    static void run(MetadataReader reader, ReservedExtents reserved, Findings findings)
            throws BackendException {
        for (ReservedExtents.Kept kept : reserved.all()) {
            long offset = Geometry.extentEntryOffset(kept.extent());
            long aligned = offset & -(long) Geometry.BLOCK_BYTES;
            ByteBuffer blocks = reader.read(aligned, 2 * Geometry.BLOCK_BYTES);
            int at = (int) (offset - aligned);
            int owner = ExtentEntry.owner(blocks, at);
            boolean kind = ExtentEntry.position(blocks, at) == kept.kind();
            if (owner == 0 || (owner == ReservedExtents.OWNER && !kind)) {
                findings.add(
                        Problem.RESERVED_ENTRY,
                        "extent " + kept.extent(),
                        offset,
                        "extent %d is reserved, but the extent table does not say so"
                                .formatted(kept.extent()));
            }
        }
    }
}
