package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.VolumeListener;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ViewBuilder;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.StoredVolume;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Takes a volume, which may be in use, back to one of its snapshots: the present head is frozen as
 * a safety snapshot, and a new head above the snapshot takes its place. All snapshots stay, the
 * younger ones as a branch.
 */
public final class Rollback {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Management management;
    private final VolumeListener listener;
    private final String volumeName;
    private final boolean discard;

    /** What replaces what; nothing of it is on the medium yet. */
    private record Plan(
            int headId, int targetId, long sizeBytes, ExtentMap contents, SnapshotFacts safety) {}

    /**
     * Creates the operation.
     *
     * @param management of the store
     * @param volumeName of the volume, or "#slot"
     * @param discard true to lose what the volume holds now
     * @param listener told if the volume is open
     */
    public Rollback(
            Management management, String volumeName, boolean discard, VolumeListener listener) {
        this.management = management;
        this.listener = listener;
        this.volumeName = volumeName;
        this.discard = discard;
    }

    /**
     * Runs it.
     *
     * @param id of a snapshot of the volume
     * @return id of the safety snapshot; 0 if there is none
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#INVALID} if it
     *     is the head; {@link BackendError#BUSY}, {@link BackendError#LIMIT}, {@link
     *     BackendError#NO_SPACE} on a device without a journal, {@link BackendError#CORRUPT},
     *     {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public int run(int id) throws BackendException {
        VolumeRecord volume = management.lockOperations(volumeName);
        try {
            management.checkWritable();
            new SnapshotClaims(management).claim(volume);
            // Most of the work, while the volume goes on; what is left afterwards is short.
            management.parts().commits().flush();
            int frozen = management.locked(() -> exchange(volume, plan(volume, id)));
            StoredVolume view = volume.view();
            if (view != null) {
                listener.changed(view, VolumeListener.Change.CONTENTS);
            }
            if (!discard) {
                return frozen;
            }
            BitSet trees =
                    management.locked(
                            () -> new LayerTree(management.directory()).trees(List.of(frozen)));
            new LayerPruning(management).run(trees);
            return 0;
        } finally {
            volume.operations().unlock();
        }
    }

    private Plan plan(VolumeRecord volume, int id) throws BackendException {
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        Views.checkWhole(volume);
        management.beginBranching(new Transaction()); // before anything stands still
        Directory directory = management.directory();
        LayerTree tree = new LayerTree(directory);
        Layer target = management.layer(id);
        if (!tree.layersOf(volume, false).contains(target)) {
            throw new BackendException(
                    BackendError.NOT_FOUND, volume.title() + " has no snapshot " + id);
        }
        if (tree.isHead(id)) {
            throw new BackendException(
                    BackendError.INVALID,
                    "snapshot %d is the head of %s: it is what the volume holds now"
                            .formatted(id, volume.title()));
        }
        long size = tree.sizeBytes(target);
        int headId = directory.freeId();
        ExtentMap contents =
                new ViewBuilder(management.parts().table())
                        .build(directory.chainIds(id), size / Geometry.EXTENT_BYTES);
        Instant now = Management.instant();
        SnapshotFacts safety =
                discard
                        ? SnapshotFacts.NONE
                        : SnapshotFacts.taken(
                                Optional.of(safetyName(volume, now)),
                                volume.facts().uuid(),
                                volume.sizeBytes(),
                                now);
        return new Plan(headId, id, size, contents, safety);
    }

    private static String safetyName(VolumeRecord volume, Instant now) {
        return "before-rollback-%s-%d".formatted(TIME.format(now), volume.headId());
    }

    /** Returns the id of what was the head. */
    private int exchange(VolumeRecord volume, Plan plan) throws BackendException {
        int frozen = volume.headId();
        StoredVolume view = volume.view();
        if (view == null) {
            publish(volume, plan);
        } else {
            view.freeze(() -> {
                publish(volume, plan);
                view.map().become(plan.contents());
                return plan.headId();
            });
        }
        return frozen;
    }

    private void publish(VolumeRecord volume, Plan plan) throws BackendException {
        Directory directory = management.directory();
        int frozenId = volume.headId();
        SnapshotEntry frozen = management.layer(frozenId).entry();
        SnapshotEntry head = new SnapshotEntry(plan.targetId(), Management.now());
        Transaction rollback = new Transaction();
        management.beginBranching(rollback);
        Tables.writeSnapshot(rollback, plan.headId(), head);
        Tables.writeVolumeHead(rollback, volume.slot(), plan.headId());
        Tables.writeVolumeSize(rollback, volume.slot(), volume.sizeBytes(), plan.sizeBytes());
        if (discard) {
            frozen = frozen.marked();
            Tables.writeSnapshot(rollback, frozenId, frozen);
        } else {
            new Records(management)
                    .put(rollback, volume, management.layer(frozenId), plan.safety());
        }
        management.commit(rollback);
        directory.setBranched(true);
        directory.addLayer(plan.headId(), head);
        volume.setHeadId(plan.headId());
        volume.setSizeBytes(plan.sizeBytes());
        Layer safety = management.layer(frozenId);
        safety.setFacts(plan.safety());
        safety.setEntry(frozen);
        safety.setDeleting(discard);
    }
}
