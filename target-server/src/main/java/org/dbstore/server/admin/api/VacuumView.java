package org.dbstore.server.admin.api;

import org.dbstore.backend.VacuumInfo;

import java.util.OptionalLong;

/**
 * What a vacuum did, or would do, as {@link VacuumInfo}.
 *
 * @param movedExtents that lie elsewhere now
 * @param keptExtents that cannot move
 * @param usedExtentsBefore of volumes
 * @param usedExtentsAfter of volumes
 * @param endExtentBefore up to the last one in use
 * @param endExtentAfter up to the last one in use
 * @param storedBytesBefore that the file took
 * @param storedBytesAfter that it takes
 * @param returnedBytes that the file system got back
 * @param complete false if it was cancelled
 */
public record VacuumView(
        long movedExtents,
        long keptExtents,
        long usedExtentsBefore,
        long usedExtentsAfter,
        long endExtentBefore,
        long endExtentAfter,
        OptionalLong storedBytesBefore,
        OptionalLong storedBytesAfter,
        OptionalLong returnedBytes,
        boolean complete) {
    /** Shows what the engine says. */
    public static VacuumView of(VacuumInfo info) {
        return new VacuumView(
                info.movedExtents(),
                info.keptExtents(),
                info.usedBefore(),
                info.usedAfter(),
                info.endBefore(),
                info.endAfter(),
                info.storedBefore(),
                info.storedAfter(),
                info.returnedBytes(),
                info.complete());
    }

    /** What the engine says. */
    public VacuumInfo info() {
        return new VacuumInfo(
                usedExtentsBefore,
                usedExtentsAfter,
                endExtentBefore,
                endExtentAfter,
                movedExtents,
                keptExtents,
                storedBytesBefore,
                storedBytesAfter,
                complete);
    }
}
