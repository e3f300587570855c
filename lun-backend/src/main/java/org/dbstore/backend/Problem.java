package org.dbstore.backend;

import java.util.Locale;

/** What can be wrong with a device: how bad it is, what it means, and what to do about it. */
public enum Problem {
    /** It is open somewhere, or a power loss or a kill ended the last owner. */
    NOT_CLOSED(
            Severity.INFO,
            "none: the journal has what the tables have not",
            "none: the next writable opening replays the journal"),
    /** A deletion or creation was cut short. */
    UNFINISHED(
            Severity.INFO, "none: it is hidden already", "none: the next writable opening ends it"),
    /** Entries that no write had acknowledged. */
    UNACKNOWLEDGED(Severity.INFO, "none", "none: the next writable opening frees them"),
    /** The original program, or one like it, used the device. */
    FOREIGN_WRITER(
            Severity.INFO,
            "none: what it wrote counts",
            "none: the next writable opening makes the mirror anew"),
    /** The file or partition is longer than the store. */
    LONGER(Severity.INFO, "none: what lies beyond is not used", "none"),
    /** Two volumes have one name, or one has none that can be typed. */
    AMBIGUOUS_NAME(
            Severity.INFO,
            "none: it is addressed by '#' and its slot",
            "give it another name by 'dbsctl volume rename'"),
    /** The home of a block is damaged, its mirror is not. */
    MIRROR_TAKEN(
            Severity.WARNING,
            "none: the mirror has what was written",
            "'dbsctl device repair', or the next writable opening, restores it"),
    /** The mirror of a block is damaged, its home is not. */
    MIRROR_DAMAGED(
            Severity.WARNING,
            "none, but there is no second copy",
            "'dbsctl device repair' makes the mirror anew"),
    /** The superblock is damaged, but the journal or the mirror has it. */
    SUPERBLOCK_RESCUED(
            Severity.WARNING,
            "none: the journal or the mirror has it",
            "'dbsctl device repair', or the next writable opening, restores it"),
    /** The high-water mark is too low. */
    HIGH_WATER(
            Severity.WARNING,
            "none: the extents above it are kept",
            "'dbsctl device repair', or the next writable opening, raises it"),
    /** One copy of a block of the catalogue is damaged. */
    CATALOGUE_COPY(
            Severity.WARNING,
            "none, but there is no second copy",
            "'dbsctl device repair', or the next writable opening, restores it"),
    /** Extents of an id that no snapshot has. */
    ORPHANS(
            Severity.WARNING,
            "space is lost; a volume or snapshot that was lost may have had them",
            "'dbsctl device repair --free-orphans' gives them up"),
    /** Extents beyond the end of all that could show them. */
    BEYOND_END(
            Severity.WARNING,
            "none is shown; space is lost",
            "'dbsctl device repair --free-orphans' gives them up"),
    /** An extent lies where the layout of this size has none. */
    BEYOND_LAYOUT(
            Severity.WARNING,
            "it is served as far as the device reaches",
            "copy the volume to another device"),
    /** A snapshot is to go, but something that lost its volume needs it. */
    KEPT_FOR_LOST(
            Severity.WARNING,
            "space is lost",
            "'dbsctl device repair --free-orphans' gives up what needs it"),
    /** A power loss took what a volume with write-back had acknowledged. */
    LOST_WRITES(
            Severity.INFO,
            "writes that were acknowledged and not flushed may be lost",
            "check the file system on it; the mark goes with the next clean close"),
    /** What the end of the process cut short does not fit what is there. */
    REFUSED_INTENT(
            Severity.WARNING,
            "a write that was acknowledged and not flushed is lost",
            "check the file system on the volume"),
    /** A snapshot with extents that no volume leads to. */
    LOST_SNAPSHOT(
            Severity.DAMAGE,
            "it is not served; the entry of its volume may have been lost",
            "'dbsctl device restore' if there is a dump;"
                    + " 'dbsctl device repair --free-orphans' gives it up"),
    /** Two extents of one layer for one position. */
    DUPLICATE(
            Severity.DAMAGE,
            "the extent that counts may be the wrong one",
            "compare the contents; 'dbsctl device repair --drop-contradictions' frees the other"),
    /** An extent of which the device has nothing. */
    BEYOND_DEVICE(
            Severity.DAMAGE,
            "its data is missing and reads as zeroes",
            "give the device its old size;"
                    + " 'dbsctl device repair --drop-contradictions' gives the extent up"),
    /** An extent is a volume's and the journal's, mirror's or catalogue's at once. */
    RESERVED_CLAIMED(
            Severity.DAMAGE,
            "the device cannot be opened: one would write over the other",
            "'dbsctl device repair --drop-contradictions' takes it from the volume"),
    /** A reserved extent lacks its entry in the extent table, which no program ever takes away. */
    RESERVED_ENTRY(
            Severity.DAMAGE,
            "the tables were overwritten or damaged; more of them may be missing",
            "'dbsctl device restore' if there is a dump;"
                    + " 'dbsctl device repair --drop-contradictions' writes the entry"),
    /** A volume whose entry cannot be right. */
    VOLUME_REFUSED(
            Severity.DAMAGE,
            "the volume is not served",
            "'dbsctl device restore' if there is a dump;"
                    + " 'dbsctl device repair --drop-volume' gives the volume up"),
    /** A volume whose record in the catalogue is damaged. */
    IDENTITY_LOST(
            Severity.DAMAGE,
            "the volume is not served, for it would have another identity",
            "'dbsctl device repair' serves it under a derived identity"),
    /** A block of the catalogue is damaged in both copies, or a record in it. */
    CATALOGUE_LOST(
            Severity.DAMAGE,
            "names of snapshots, labels, identities or reservations are lost",
            "'dbsctl device restore' if there is a dump; 'dbsctl device repair' goes on without"),
    /** A block differs from its mirror, and either may be right. */
    DOUBTFUL(
            Severity.DAMAGE,
            "volumes that it concerns are not served",
            "'dbsctl device repair --from-mirror', or '--keep-device' if another program wrote"),
    /** A block and its mirror are damaged. */
    LOST_BLOCK(
            Severity.DAMAGE,
            "the device cannot be opened",
            "'dbsctl device restore' if there is a dump; 'dbsctl device repair --keep-device'"
                    + " takes the block as it is"),
    /** A record of the journal is damaged. */
    JOURNAL_HOLE(
            Severity.DAMAGE,
            "the device cannot be opened: what was acknowledged last is not known",
            "'dbsctl device restore' if there is a dump"),
    /** Metadata that the medium does not give. */
    UNREADABLE(
            Severity.DAMAGE,
            "what the block says is not known",
            "copy the device to another medium, and repair that"),
    /** The superblock cannot be believed, or the device is too short, or has another layout. */
    UNUSABLE(
            Severity.DAMAGE,
            "the device cannot be opened",
            "give the device its old size; 'dbsctl device restore' if there is a dump");

    private final Severity severity;
    private final String effect;
    private final String remedy;

    Problem(Severity severity, String effect, String remedy) {
        this.severity = severity;
        this.effect = effect;
        this.remedy = remedy;
    }

    /**
     * Returns how bad it is.
     *
     * @return the same for all of the kind
     */
    public Severity severity() {
        return severity;
    }

    /**
     * Returns what it means for the data.
     *
     * @return for people
     */
    public String effect() {
        return effect;
    }

    /**
     * Returns what to do about it.
     *
     * @return for people
     */
    public String remedy() {
        return remedy;
    }

    /**
     * Returns its name for programs.
     *
     * @return lower case, with hyphens
     */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
