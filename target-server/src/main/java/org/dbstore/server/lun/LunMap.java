package org.dbstore.server.lun;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The logical units that a target shows to an initiator, by number. Immutable. */
public final class LunMap {
    /** Largest number: ESXi 6.5 knows no addressing that reaches further. */
    public static final int NUMBER_MAX = 255;

    /** Where the number stands in the LUN field. */
    public static final int NUMBER_SHIFT = 48;

    private static final int METHOD_SHIFT = 62;
    private static final long REST_MASK = (1L << NUMBER_SHIFT) - 1;
    private static final int NUMBER_MASK = 0x3fff; // peripheral: 6 bits bus 0, 8 bits target or LUN
    private static final long PERIPHERAL = 0;
    private static final long FLAT = 1;

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
        units.forEach((number, unit) -> byNumber[number] = unit);
    }

    /**
     * Reads the number out of the 8-byte LUN field (SAM-5, "Single level LUN structure"):
     * peripheral device or flat space addressing.
     *
     * @return 0..{@link #NUMBER_MAX}; -1 if the field says no such number
     */
    public static int number(long lun) {
        long method = lun >>> METHOD_SHIFT;
        int number = (int) (lun >>> NUMBER_SHIFT) & NUMBER_MASK;
        boolean known = (lun & REST_MASK) == 0 && (method == PERIPHERAL || method == FLAT);
        return known && number <= NUMBER_MAX ? number : -1;
    }

    /**
     * Finds a unit by the 8-byte LUN field.
     *
     * @return null if there is none
     */
    public @Nullable LogicalUnit find(long lun) {
        int number = number(lun);
        return number < 0 ? null : byNumber[number];
    }

    /**
     * Returns a unit.
     *
     * @param number 0..{@link #NUMBER_MAX}
     * @return null if there is none
     */
    public @Nullable LogicalUnit unit(int number) {
        return byNumber[number];
    }

    /** The numbers in use, ascending. */
    public Collection<Integer> numbers() {
        return IntStream.rangeClosed(0, NUMBER_MAX)
                .filter(number -> byNumber[number] != null)
                .boxed()
                .toList();
    }

    /** The ports of the target: portal group tags, ascending. */
    public List<Integer> portalGroupTags() {
        return portalGroupTags;
    }

    /** The units, ascending by number. */
    public List<LogicalUnit> units() {
        List<LogicalUnit> units = new ArrayList<>();
        for (int number = 0; number <= NUMBER_MAX; number++) {
            LogicalUnit unit = byNumber[number];
            if (unit != null) {
                units.add(unit);
            }
        }
        return units;
    }
}
