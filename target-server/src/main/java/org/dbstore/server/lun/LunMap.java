package org.dbstore.server.lun;

import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.TargetPortGroups;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
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

    private final TargetPortGroups portGroups;
    private final List<LogicalUnit> unitsOfTarget;
    private final @Nullable LogicalUnit[] byNumber = new @Nullable LogicalUnit[NUMBER_MAX + 1];

    /**
     * Creates the map of a target whose ports are equally good.
     *
     * @param units by number, 0..{@link #NUMBER_MAX}
     * @param portalGroupTags the ports of the target
     */
    public LunMap(SortedMap<Integer, LogicalUnit> units, Collection<Integer> portalGroupTags) {
        this(
                units,
                new TargetPortGroups(
                        portalGroupTags.stream()
                                .distinct()
                                .collect(
                                        Collectors.toMap(
                                                tag -> tag, tag -> AccessState.ACTIVE_OPTIMIZED)),
                        false));
    }

    /**
     * Creates the map of a target.
     *
     * @param units by number, 0..{@link #NUMBER_MAX}
     * @param portGroups the ports of the target
     */
    public LunMap(SortedMap<Integer, LogicalUnit> units, TargetPortGroups portGroups) {
        this(units, portGroups, List.copyOf(units.values()));
    }

    private LunMap(
            SortedMap<Integer, LogicalUnit> units,
            TargetPortGroups portGroups,
            List<LogicalUnit> unitsOfTarget) {
        this.portGroups = portGroups;
        this.unitsOfTarget = unitsOfTarget;
        units.forEach((number, unit) -> byNumber[number] = unit);
    }

    /**
     * What certain initiators see of the same target.
     *
     * @param seen units of this map, by the number under which they are seen
     */
    public LunMap view(SortedMap<Integer, LogicalUnit> seen) {
        return new LunMap(seen, portGroups, unitsOfTarget);
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
        return portGroups.tags();
    }

    /** The groups of these ports. */
    public TargetPortGroups portGroups() {
        return portGroups;
    }

    /**
     * A nexus has set the states of {@link #portGroups}: all of the target but this one will see
     * 06/2A/06. The states are those of all units of the target, and on the units to which it did
     * not say so it will see it too.
     */
    void portGroupsSet(LogicalUnit unit, Nexus nexus) {
        for (LogicalUnit each : unitsOfTarget) {
            each.attentions()
                    .raise(
                            other ->
                                    other.targetName().equals(nexus.targetName())
                                            && !(other.equals(nexus) && each.isSame(unit)),
                            SenseCode.ASYMMETRIC_ACCESS_STATE_CHANGED);
        }
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
