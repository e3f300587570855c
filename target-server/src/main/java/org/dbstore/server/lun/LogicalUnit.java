package org.dbstore.server.lun;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.server.reservation.Reservations;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ModeSettings;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.SpaceGauge;
import org.dbstore.server.scsi.StateStore;
import org.dbstore.server.scsi.UnitIdentity;

/** A volume or snapshot served as a direct access block device. Safe for all threads. */
public final class LogicalUnit {
    private final Medium medium;
    private final UnitAttentions attentions = new UnitAttentions();
    private final Reservations reservations;

    /**
     * How a unit presents itself.
     *
     * @param blockBytes logical block length: 512 or 4096
     * @param physicalBlockBytes physical block length to tell: at least the logical one
     * @param writeBack true: WCE=1, GOOD to a WRITE may precede durability
     * @param readOnly true: WP=1, writes are refused with 07/27/00; also so if the volume is
     * @param identity what the NAA-6 identifier and the serial number derive from: equal on every
     *     path to the same volume or snapshot, different for any two, constant over restarts
     */
    public record Settings(
            int blockBytes,
            int physicalBlockBytes,
            boolean writeBack,
            boolean readOnly,
            String identity) {}

    /**
     * Creates a unit.
     *
     * @param volume open; stays so as long as the unit is mapped
     * @param settings how it presents itself
     * @param store keeps what has to outlast the server
     * @param space what the unit may still take and has taken
     * @throws BackendException if what was kept cannot be read
     */
    public LogicalUnit(Volume volume, Settings settings, StateStore store, SpaceGauge space)
            throws BackendException {
        SavedState saved = new SavedState(store);
        this.medium =
                new Medium(
                        volume,
                        settings.blockBytes(),
                        settings.physicalBlockBytes(),
                        new ModeSettings(
                                settings.writeBack(), saved.section(SavedState.Section.MODE_PAGES)),
                        settings.readOnly(),
                        new UnitIdentity(settings.identity()),
                        space);
        this.reservations =
                new Reservations(saved.section(SavedState.Section.RESERVATIONS), attentions);
    }

    /**
     * A session of this nexus begins: its first command sees 06/29/00, or 06/29/07 if it was here
     * before.
     */
    public void nexusEstablished(Nexus nexus) {
        reservations.endReserve(nexus);
        attentions.established(nexus);
    }

    /** The session of a nexus has ended: what it reserved by RESERVE(6) or (10) is free. */
    public void nexusLost(Nexus nexus) {
        reservations.endReserve(nexus);
    }

    /**
     * LOGICAL UNIT RESET or TARGET RESET: every nexus will see 06/29/03. The transport aborts the
     * tasks.
     */
    public void reset() {
        reservations.reset();
        attentions.raise(SenseCode.RESET_OCCURRED);
    }

    /** A unit appeared beside this one, or went: every nexus will see 06/3F/0E. */
    public void reportedLunsChanged() {
        attentions.raise(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
    }

    /** The volume was resized: every nexus will see 06/2A/09. */
    public void capacityChanged() {
        attentions.raise(SenseCode.CAPACITY_DATA_HAS_CHANGED);
    }

    /** The unit describes itself otherwise than before: every nexus will see 06/3F/03. */
    public void inquiryDataChanged() {
        attentions.raise(SenseCode.INQUIRY_DATA_HAS_CHANGED);
    }

    /** Space is running out: every nexus will see 06/38/07, once. */
    public void softThresholdReached() {
        attentions.raise(SenseCode.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED);
    }

    Medium medium() {
        return medium;
    }

    Reservations reservations() {
        return reservations;
    }

    UnitAttentions attentions() {
        return attentions;
    }
}
