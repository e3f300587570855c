package org.dbstore.server.lun;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.server.metrics.UnitMeter;
import org.dbstore.server.qos.Limits;
import org.dbstore.server.reservation.Reservations;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ModeSettings;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.Sanitation;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.SpaceGauge;
import org.dbstore.server.scsi.StateStore;
import org.dbstore.server.scsi.UnitIdentity;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A volume or snapshot served as a direct access block device. Safe for all threads.
 *
 * <p>One volume is one unit, however often it is mapped: reservations, unit attentions and all
 * other states are those of the volume. Only write protection is a matter of the mapping.
 */
public final class LogicalUnit {
    private final Medium medium;
    private final UnitAttentions attentions;
    private final Reservations reservations;
    private final AtomicLong knownSizeBytes;
    private final @Nullable UnitMeter meter;
    private final @Nullable Limits limits;

    /**
     * How a unit presents itself.
     *
     * @param blockBytes logical block length: 512 or 4096
     * @param physicalBlockBytes physical block length to tell: at least the logical one
     * @param writeBack true: WCE=1, GOOD to a WRITE may precede durability
     * @param identity of the volume or snapshot: what the NAA-6 identifier and the serial number
     *     derive from
     */
    public record Settings(
            int blockBytes, int physicalBlockBytes, boolean writeBack, UUID identity) {}

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
                        new UnitIdentity(settings.identity()),
                        space,
                        new Sanitation(saved.section(SavedState.Section.SANITIZE)));
        this.attentions = new UnitAttentions();
        this.reservations =
                new Reservations(saved.section(SavedState.Section.RESERVATIONS), attentions);
        this.knownSizeBytes = new AtomicLong(volume.sizeBytes());
        this.meter = null;
        this.limits = null;
    }

    private LogicalUnit(
            LogicalUnit unit, Medium medium, @Nullable UnitMeter meter, @Nullable Limits limits) {
        this.medium = medium;
        this.attentions = unit.attentions;
        this.reservations = unit.reservations;
        this.knownSizeBytes = unit.knownSizeBytes;
        this.meter = meter;
        this.limits = limits;
    }

    /**
     * The same unit for one mapping.
     *
     * @param writeProtected true if writes are refused on this way: WP=1, 07/27/00
     */
    public LogicalUnit mapping(boolean writeProtected) {
        return new LogicalUnit(
                this, writeProtected ? medium.writeProtected() : medium, meter, limits);
    }

    /**
     * The same mapping, with what a mapping has of its own.
     *
     * @param counter of its commands
     * @param bounds what its initiators may do with it
     */
    public LogicalUnit mappedAs(UnitMeter counter, Limits bounds) {
        return new LogicalUnit(this, medium, counter, bounds);
    }

    /** The limits of this mapping; null if there can be none. */
    public @Nullable Limits limits() {
        return limits;
    }

    /** Counts the commands of this mapping; null if nobody does. */
    public @Nullable UnitMeter meter() {
        return meter;
    }

    /**
     * The same unit counted in other blocks; nobody may use it in both ways at once.
     *
     * @param blockBytes logical block length: 512 or 4096
     * @param physicalBlockBytes physical block length to tell: at least the logical one
     */
    public LogicalUnit withBlocks(int blockBytes, int physicalBlockBytes) {
        return new LogicalUnit(
                this, medium.withBlocks(blockBytes, physicalBlockBytes), meter, limits);
    }

    /** Tells whether another mapping leads to the same unit. */
    public boolean isSame(LogicalUnit other) {
        return attentions == other.attentions;
    }

    /**
     * A session of this nexus begins: its first command sees 06/29/00, or 06/29/07 if it was here
     * before.
     */
    public void nexusEstablished(Nexus nexus) {
        reservations.endReserve(nexus);
        attentions.established(nexus);
    }

    /**
     * The session of a nexus has ended: what it reserved by RESERVE(6) or (10) is free, and copies
     * that it began end soon.
     */
    public void nexusLost(Nexus nexus) {
        endBackground(nexus::equals, () -> {});
        reservations.endReserve(nexus);
        attentions.lost(nexus);
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

    /**
     * Ends what goes on for nexuses after their commands were answered: where the transport aborts
     * tasks, it does this when they have ended.
     *
     * @param whenEnded runs once none of it can change anything any more, from any thread
     */
    public void endBackground(Predicate<Nexus> whose, Runnable whenEnded) {
        medium.background().stop(whose, whenEnded);
    }

    /** The unit attention conditions that a nexus has not seen yet, first things first. */
    public List<SenseCode> pendingAttentions(Nexus nexus) {
        return attentions.pending(nexus);
    }

    /**
     * The default of WCE is another. Going to write-through does not make durable what was
     * acknowledged before: the caller flushes the volume then.
     *
     * @return true if WCE is another now; the caller says so by {@link #modeParametersChanged()}
     */
    public boolean configureCache(boolean writeBack) throws BackendException {
        return medium.modes().configure(writeBack);
    }

    /** WCE: true if GOOD to a WRITE may precede durability. */
    public boolean isWriteBack() {
        return medium.isWriteBack();
    }

    /** WP: true if writes are refused on this way. */
    public boolean isReadOnly() {
        return medium.isReadOnly();
    }

    /** The present size of the volume. */
    public long sizeBytes() {
        return medium.volume().sizeBytes();
    }

    /** Makes durable what was acknowledged. */
    public void flush() throws BackendException {
        medium.volume().flush();
    }

    /** What MODE SENSE answers is not what it was: every nexus will see 06/2A/01. */
    public void modeParametersChanged() {
        attentions.raise(SenseCode.MODE_PARAMETERS_CHANGED);
    }

    /**
     * A nexus that has seen this unit through another mapping, or another unit under its number,
     * will be told what is different: 06/2A/01 for write protection, 06/2A/09 for block lengths,
     * 06/3F/03 for the identity.
     *
     * @param before what the nexus has seen until now
     */
    public void replaces(LogicalUnit before, Nexus nexus) {
        if (!isSame(before)) {
            attentions.raise(nexus, SenseCode.INQUIRY_DATA_HAS_CHANGED);
            return;
        }
        if (medium.isReadOnly() != before.medium.isReadOnly()) {
            attentions.raise(nexus, SenseCode.MODE_PARAMETERS_CHANGED);
        }
        if (!hasSameBlocks(before)
                || medium.physicalBlockBytes() != before.medium.physicalBlockBytes()) {
            attentions.raise(nexus, SenseCode.CAPACITY_DATA_HAS_CHANGED);
        }
    }

    /** Tells whether commands that were sent to another mapping mean the same blocks here. */
    public boolean hasSameBlocks(LogicalUnit other) {
        return isSame(other) && medium.blockBytes() == other.medium.blockBytes();
    }

    /**
     * The ports by which the unit is reached are others, or initiators may set their states now, or
     * no more: the nexus will see 06/3F/03.
     */
    public void portsChanged(Nexus nexus) {
        attentions.raise(nexus, SenseCode.INQUIRY_DATA_HAS_CHANGED);
    }

    /** The states of the target's port groups are others: the nexus will see 06/2A/06. */
    public void accessStatesChanged(Nexus nexus) {
        attentions.raise(nexus, SenseCode.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }

    /** A unit appeared beside this one, or went: the nexus will see 06/3F/0E. */
    public void reportedLunsChanged(Nexus nexus) {
        attentions.raise(nexus, SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
    }

    /**
     * The volume is not what it was. If its size is another, every nexus will see 06/2A/09 (SBC-4,
     * "READ CAPACITY"). If its contents are others every nexus will see 06/28/00, the one condition
     * by which SPC-4 says that the medium may have changed.
     *
     * @param contents true if it was rolled back
     */
    public void volumeChanged(boolean contents) {
        if (contents) {
            medium.ranges().announceChange();
            attentions.raise(SenseCode.MEDIUM_MAY_HAVE_CHANGED);
        }
        long sizeBytes = medium.volume().sizeBytes();
        if (knownSizeBytes.getAndSet(sizeBytes) != sizeBytes) {
            attentions.raise(SenseCode.CAPACITY_DATA_HAS_CHANGED);
        }
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
