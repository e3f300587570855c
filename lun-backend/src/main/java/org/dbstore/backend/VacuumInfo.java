package org.dbstore.backend;

import java.util.OptionalLong;

/**
 * What a vacuum did, or would do.
 *
 * @param usedBefore extents of volumes before
 * @param usedAfter extents of volumes afterwards
 * @param endBefore extents up to the last one in use, reserved ones included, before
 * @param endAfter the same afterwards
 * @param movedExtents that lie elsewhere now
 * @param keptExtents that cannot move, though there is free space before them: reserved, damaged or
 *     lost ones, and all if there is no journal
 * @param storedBefore bytes that the file took before; empty for a disk
 * @param storedAfter bytes that it takes afterwards; empty for a disk
 * @param complete false if it was cancelled
 */
public record VacuumInfo(
        long usedBefore,
        long usedAfter,
        long endBefore,
        long endAfter,
        long movedExtents,
        long keptExtents,
        OptionalLong storedBefore,
        OptionalLong storedAfter,
        boolean complete) {
    /**
     * Tells what the file system below got back.
     *
     * @return bytes; empty for a disk
     */
    public OptionalLong returnedBytes() {
        return storedBefore.isPresent() && storedAfter.isPresent()
                ? OptionalLong.of(Math.max(0, storedBefore.getAsLong() - storedAfter.getAsLong()))
                : OptionalLong.empty();
    }
}
