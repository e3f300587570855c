package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.CloseStamp;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.Superblock;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Finds out what the metadata is, before anybody looks into it; changes nothing. Afterwards the
 * reader shows the tables as they are to be believed: the homes, the journal over them if the
 * device was not closed cleanly, and the mirror where a home is not what was written.
 */
final class MetadataRecovery {
    private final BlockDevice device;
    private final MetadataReader reader;
    private final Findings findings;
    private final Purpose purpose;

    MetadataRecovery(
            BlockDevice device, MetadataReader reader, Findings findings, Purpose purpose) {
        this.device = device;
        this.reader = reader;
        this.findings = findings;
        this.purpose = purpose;
    }

    /**
     * What is to be believed.
     *
     * @param superblock after the replay
     * @param reserved where the journal is; empty if there is none
     * @param journal where it ends
     * @param checksums of the mirrored blocks; null if there is no mirror, or one that somebody has
     *     not kept up to date
     * @param fromMirror blocks that the reader shows as the mirror has them
     * @param doubtful true if blocks differ from their mirror and nobody can say who is right
     */
    @SuppressWarnings("ArrayRecordComponent") // only handed over
    record Result(
            Superblock superblock,
            Optional<ReservedExtents> reserved,
            JournalReplay journal,
            int @Nullable [] checksums,
            Set<Long> fromMirror,
            BitSet doubtful) {}

    /**
     * Runs it.
     *
     * @throws BackendException {@link BackendError#NOT_A_STORE}, {@link BackendError#CORRUPT},
     *     {@link BackendError#IO}
     */
    Result run() throws BackendException {
        Superblock atHome = SuperblockCheck.run(device, reader, findings);
        Geometry geometry = new Geometry(atHome.deviceBytes());
        Optional<ReservedExtents> reserved = ReservedExtents.read(reader.read(0, Superblock.BYTES));
        if (reserved.isPresent() && atHome.identity().isPresent()) {
            return recover(atHome, geometry, reserved.get(), atHome.identity().get());
        }
        Optional<ReservedSearch.Found> unlisted =
                isMarked() ? ReservedSearch.run(reader, geometry) : Optional.empty();
        if (unlisted.isPresent()) {
            UUID identity = unlisted.get().device();
            findings.add(
                    Problem.FOREIGN_WRITER,
                    "superblock",
                    "the superblock does not list the journal: the original wrote to the device");
            return new Result(
                    atHome.withIdentity(atHome.identity().orElse(identity)),
                    Optional.of(unlisted.get().extents()),
                    JournalReplay.end(
                            reader, geometry, unlisted.get().extents().journal(), identity),
                    null,
                    Set.of(),
                    new BitSet());
        }
        if (atHome.version() != Superblock.VERSION) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    device.name() + " was not closed, and its journal cannot be found");
        }
        return new Result(
                atHome, Optional.empty(), JournalReplay.NONE, null, Set.of(), new BitSet());
    }

    private Result recover(
            Superblock atHome, Geometry geometry, ReservedExtents listed, UUID identity)
            throws BackendException {
        JournalReplay journal =
                atHome.isOpen()
                        ? replay(geometry, listed.journal(), identity)
                        : JournalReplay.end(reader, geometry, listed.journal(), identity);
        if (atHome.isOpen()) {
            findings.add(
                    Problem.NOT_CLOSED,
                    "journal",
                    "the device was not closed; the journal up to record %d was replayed"
                            .formatted(journal.lastSequence()));
            journal.images().forEach(reader::overlay);
        }
        ByteBuffer block = reader.read(0, Superblock.BYTES);
        Superblock superblock = Superblock.read(block);
        SuperblockCheck.checkFeatures(device, superblock);
        ReservedExtents reserved = ReservedExtents.read(block).orElse(listed);
        ByteBuffer stamp = reader.read(CloseStamp.OFFSET & -Geometry.BLOCK_BYTES, 4096);
        boolean stamped =
                CloseStamp.isValid(
                        stamp.slice(CloseStamp.OFFSET % Geometry.BLOCK_BYTES, CloseStamp.BYTES),
                        identity);
        if (!atHome.isOpen() && !stamped) {
            findings.add(
                    Problem.FOREIGN_WRITER,
                    "mirror",
                    "the original wrote to the tables: the mirror is made anew");
            return new Result(
                    superblock, Optional.of(reserved), journal, null, Set.of(), new BitSet());
        }
        MirrorCheck.Result check =
                new MirrorCheck(
                                reader,
                                geometry,
                                reserved,
                                identity,
                                !atHome.isOpen(),
                                findings,
                                purpose)
                        .run();
        if (purpose != Purpose.USE) {
            new MirrorCopies(reader, geometry, reserved, identity, findings).run();
        }
        return new Result(
                superblock,
                Optional.of(reserved),
                journal,
                check.checksums(),
                check.repaired(),
                check.doubtfulOwners());
    }

    private JournalReplay replay(Geometry geometry, int extent, UUID identity)
            throws BackendException {
        try {
            return JournalReplay.read(reader, geometry, extent, identity);
        } catch (BackendException e) {
            if (purpose != Purpose.CHECK || e.error() != BackendError.CORRUPT) {
                throw e;
            }
            findings.add(
                    Problem.JOURNAL_HOLE,
                    "journal",
                    geometry.extentOffset(extent),
                    String.valueOf(e.getMessage()));
            return JournalReplay.end(reader, geometry, extent, identity);
        }
    }

    private boolean isMarked() throws BackendException {
        long offset = Geometry.snapshotEntryOffset(ReservedExtents.OWNER);
        long aligned = offset / Geometry.BLOCK_BYTES * Geometry.BLOCK_BYTES;
        ByteBuffer entry = reader.read(aligned, 2 * Geometry.BLOCK_BYTES);
        return ReservedExtents.MARK.equals(SnapshotEntry.read(entry, (int) (offset - aligned)));
    }
}
