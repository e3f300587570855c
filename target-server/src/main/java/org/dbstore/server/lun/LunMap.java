package org.dbstore.server.lun;

import org.jspecify.annotations.Nullable;

import java.util.SortedMap;

/** The logical units that a target shows to an initiator, by number. (Skeleton.) */
public final class LunMap {
    /** Creates a map; numbers 0..255. */
    public LunMap(SortedMap<Integer, LogicalUnit> units) {}

    /** Finds a unit by the 8-byte LUN field (single-level peripheral or flat addressing). */
    public @Nullable LogicalUnit find(long lun) {
        throw new UnsupportedOperationException();
    }
}
