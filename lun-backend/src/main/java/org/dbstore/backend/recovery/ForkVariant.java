package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.VolumeEntry;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Recognizes the layout of a fork (Kampadais/dbs, branch dev) that bears the same magic and version
 * but has 19-byte snapshot entries and its extent table at 1318912. Read as ours it would show
 * zeroes, and a write would destroy it.
 */
final class ForkVariant {
    private static final int ENTRY_BYTES = 19;
    private static final int EXTENT_TABLE = 1318912;
    private static final int ENTRIES_LOOKED_AT = 4096;

    /** CreatedAt from 2001 to 2286. */
    private static final long TIME_MIN = 1_000_000_000L;

    private static final long TIME_MAX = 10_000_000_000L;

    private ForkVariant() {}

    /**
     * Tells whether a device has the fork's layout.
     *
     * @param reader of the device
     * @param volumes entries in use
     * @param highWater of the superblock
     * @return true only if the fork's reading makes sense and ours does not
     */
    static boolean isPresent(MetadataReader reader, List<VolumeEntry> volumes, long highWater)
            throws BackendException {
        boolean ours = true;
        boolean theirs = true;
        for (VolumeEntry volume : volumes) {
            ours &= isPlausible(reader, volume.headId(), SnapshotEntry.BYTES);
            theirs &= isPlausible(reader, volume.headId(), ENTRY_BYTES);
        }
        if (volumes.isEmpty() || !theirs) {
            return false;
        }
        // Entry 1 reads the same in both layouts; then the extent tables decide.
        return !ours
                || (highWater > 0
                        && !hasEntry(reader, Geometry.EXTENT_TABLE, highWater)
                        && hasEntry(reader, EXTENT_TABLE, highWater));
    }

    private static boolean isPlausible(MetadataReader reader, int id, int entryBytes)
            throws BackendException {
        long offset = Geometry.SNAPSHOT_TABLE + (id - 1L) * entryBytes;
        if (offset + SnapshotEntry.BYTES > Geometry.EXTENT_TABLE) {
            return false; // the fork's table is longer than ours; so high an id is taken for ours
        }
        long aligned = offset & -(long) Geometry.BLOCK_BYTES;
        ByteBuffer blocks = reader.view(aligned, 2 * Geometry.BLOCK_BYTES);
        long time = SnapshotEntry.read(blocks, (int) (offset - aligned)).unmarked().createdAt();
        return time >= TIME_MIN && time <= TIME_MAX;
    }

    private static boolean hasEntry(MetadataReader reader, long offset, long highWater)
            throws BackendException {
        int count = (int) Math.min(highWater, ENTRIES_LOOKED_AT);
        ByteBuffer entries = reader.read(offset, count * ExtentEntry.BYTES);
        for (int i = 0; i < count; i++) {
            if (ExtentEntry.owner(entries, i * ExtentEntry.BYTES) != 0) {
                return true;
            }
        }
        return false;
    }
}
