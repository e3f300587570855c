package org.dbstore.server.lun;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The logical units that a target shows to an initiator, by number. Immutable. */
public final class LunMap {
    /** Largest number: ESXi 6.5 knows no addressing that reaches further. */
    public static final int NUMBER_MAX = 255;

    private static final int METHOD_SHIFT = 62;
    private static final int NUMBER_SHIFT = 48;
    private static final long REST_MASK = (1L << NUMBER_SHIFT) - 1;
    private static final int NUMBER_MASK = 0x3fff; // peripheral: 6 bits bus 0, 8 bits target or LUN
    private static final long PERIPHERAL = 0;
    private static final long FLAT = 1;

    private final SortedMap<Integer, LogicalUnit> units;
    private final List<Integer> portalGroupTags;
    private final @Nullable LogicalUnit[] byNumber = new @Nullable LogicalUnit[NUMBER_MAX + 1];

    /**
     * Creates a map.
     *
     * @param units by number, 0..{@link #NUMBER_MAX}
     * @param portalGroupTags the ports of the target
     */
    public LunMap(SortedMap<Integer, LogicalUnit> units, Collection<Integer> portalGroupTags) {
        this.portalGroupTags = List.copyOf(new TreeSet<>(portalGroupTags));
        this.units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
        this.units.forEach((number, unit) -> byNumber[number] = unit);
    }

    /**
     * Finds a unit by the 8-byte LUN field (SAM-5, "Single level LUN structure"): peripheral device
     * or flat space addressing.
     *
     * @return null if there is none
     */
    public @Nullable LogicalUnit find(long lun) {
        long method = lun >>> METHOD_SHIFT;
        int number = (int) (lun >>> NUMBER_SHIFT) & NUMBER_MASK;
        if ((lun & REST_MASK) != 0 || (method != PERIPHERAL && method != FLAT)) {
            return null;
        }
        return number > NUMBER_MAX ? null : byNumber[number];
    }

    /** The numbers in use, ascending. */
    public Collection<Integer> numbers() {
        return units.keySet();
    }

    /** The ports of the target: portal group tags, ascending. */
    public List<Integer> portalGroupTags() {
        return portalGroupTags;
    }

    /** The units, ascending by number. */
    public Collection<LogicalUnit> units() {
        return units.values();
    }
}
