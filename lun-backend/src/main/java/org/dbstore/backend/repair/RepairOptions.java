package org.dbstore.backend.repair;

import org.dbstore.backend.recovery.Purpose;

import java.util.Set;

/**
 * What an operator has decided where the device itself does not say what is right.
 *
 * @param doubt who is right where a block differs from its mirror and either may be
 * @param freeOrphans true to free extents that nobody is shown
 * @param dropContradictions true to free extents whose entries break the rules of the format
 * @param dropVolumes names, or "#slot", of volumes that are not served and shall go
 */
public record RepairOptions(
        Doubt doubt, boolean freeOrphans, boolean dropContradictions, Set<String> dropVolumes) {
    /** Nothing is decided. */
    public static final RepairOptions NONE =
            new RepairOptions(Doubt.REFUSE, false, false, Set.of());

    /** Who is right. */
    public enum Doubt {
        /** Nobody knows. */
        REFUSE,
        /** The mirror. */
        FROM_MIRROR,
        /** The blocks at home. */
        KEEP_DEVICE
    }

    /** Copies the set. */
    public RepairOptions {
        dropVolumes = Set.copyOf(dropVolumes);
    }

    Purpose purpose() {
        return switch (doubt) {
            case REFUSE -> Purpose.REPAIR;
            case FROM_MIRROR -> Purpose.REPAIR_FROM_MIRROR;
            case KEEP_DEVICE -> Purpose.REPAIR_KEEPING_DEVICE;
        };
    }
}
