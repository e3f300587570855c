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

import java.util.List;
import java.util.UUID;

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
     * @param identity of the volume or snapshot: what the NAA-6 identifier and the serial number
     *     derive from
     */
    public record Settings(
            int blockBytes,
            int physicalBlockBytes,
            boolean writeBack,
            boolean readOnly,
            UUID identity) {}

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

    /**
     * TARGET WARM RESET (06/29/02) or TARGET COLD RESET (06/29/01), otherwise as {@link #reset}.
     */
    public void targetReset(boolean cold) {
        reset();
        attentions.raise(cold ? SenseCode.COLD_RESET_OCCURRED : SenseCode.SCSI_BUS_RESET_OCCURRED);
    }

    /** I_T NEXUS RESET: the nexus will see 06/29/07. The transport aborts the tasks. */
    public void nexusReset(Nexus nexus) {
        reservations.endReserve(nexus);
        attentions.raise(nexus, SenseCode.NEXUS_LOSS_OCCURRED);
    }

    /** CLEAR TASK SET of another nexus took commands of this one, which will see 06/2F/00. */
    public void commandsCleared(Nexus nexus) {
        attentions.raise(nexus, SenseCode.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
    }

    /** The unit attention conditions that a nexus has not seen yet, first things first. */
    public List<SenseCode> pendingAttentions(Nexus nexus) {
        return attentions.pending(nexus);
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
