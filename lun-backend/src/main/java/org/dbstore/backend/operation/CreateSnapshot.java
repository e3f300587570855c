package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.commit.PendingCommit;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.StoredVolume;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Freezes the heads of volumes, which may be in use, at one instant: their requests end, a commit
 * begins of everything that was written, of the new heads' entries and then of their ids in the
 * volumes; requests go on, and leave alone what is frozen. All of it is one transaction: with a
 * journal a group is frozen as a whole or not at all; without, each volume by itself.
 *
 * <p>Nobody sees a snapshot before that commit has ended, because this holds the management lock
 * meanwhile. What the new heads get goes to the medium in later commits. If the commit fails, the
 * store takes no writes any more, and the next opening tells whether there is a snapshot.
 *
 * <p>One object serves a store: of groups there is one at a time, so that two never wait for each
 * other's volumes.
 */
public final class CreateSnapshot {
    private final Management management;
    private final ReentrantLock groups = new ReentrantLock(); // before operations of volumes

    /** One volume on its way; the facts are those of what is frozen. */
    private record Freezing(
            VolumeRecord volume, int newId, SnapshotEntry newHead, SnapshotFacts facts) {}

    /**
     * Creates the operation.
     *
     * @param management of the store
     */
    public CreateSnapshot(Management management) {
        this.management = management;
    }

    /**
     * Runs it.
     *
     * @param requests of different volumes
     * @return ids of what was frozen, in the same order
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#ALREADY_EXISTS}, {@link BackendError#LIMIT}, {@link BackendError#NO_SPACE},
     *     {@link BackendError#CORRUPT}, {@link BackendError#BUSY} while a volume holds a part of an
     *     import, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public List<Integer> run(List<SnapshotRequest> requests) throws BackendException {
        for (SnapshotRequest request : requests) {
            if (request.name().isPresent()) {
                SnapshotNames.check(request.name().get());
            }
        }
        List<VolumeRecord> volumes = management.locked(() -> find(requests));
        boolean group = volumes.size() > 1;
        List<VolumeRecord> locked = new ArrayList<>();
        if (group) {
            groups.lock();
        }
        try {
            for (VolumeRecord volume : volumes) {
                management.lockOperations(volume);
                locked.add(volume);
            }
            management.checkWritable();
            // Most of the work, while the volumes go on; what is left afterwards is short.
            management.parts().commits().flush();
            return management.locked(() -> freeze(requests, volumes));
        } finally {
            locked.forEach(volume -> volume.operations().unlock());
            if (group) {
                groups.unlock();
            }
        }
    }

    private List<VolumeRecord> find(List<SnapshotRequest> requests) throws BackendException {
        if (requests.isEmpty()) {
            throw new BackendException(BackendError.INVALID, "no volume is named");
        }
        List<VolumeRecord> volumes = new ArrayList<>();
        for (SnapshotRequest request : requests) {
            VolumeRecord volume = management.directory().volume(request.volume());
            if (volumes.contains(volume)) {
                throw new BackendException(
                        BackendError.INVALID, volume.title() + " is named twice");
            }
            volumes.add(volume);
        }
        return volumes;
    }

    private List<Integer> freeze(List<SnapshotRequest> requests, List<VolumeRecord> volumes)
            throws BackendException {
        Transaction transaction = new Transaction();
        List<Freezing> group = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        Instant now = Management.instant();
        boolean recorded = management.catalogue().ensure();
        for (int i = 0; i < volumes.size(); i++) {
            VolumeRecord volume = volumes.get(i);
            int id = management.directory().freeId();
            check(requests.get(i), volume, recorded);
            if (!ids.add(id)) {
                throw new BackendException(
                        BackendError.LIMIT, "too few snapshot ids of the device are free");
            }
            SnapshotFacts facts = SnapshotFacts.NONE;
            if (recorded) {
                facts =
                        SnapshotFacts.taken(
                                requests.get(i).name(),
                                volume.facts().uuid(),
                                volume.sizeBytes(),
                                now);
                putRecord(transaction, volume, facts);
            }
            SnapshotEntry newHead = new SnapshotEntry(volume.headId(), Management.now());
            group.add(new Freezing(volume, id, newHead, facts));
        }
        for (Freezing each : group) {
            Tables.writeSnapshot(transaction, each.newId(), each.newHead());
        }
        transaction.barrier();
        for (Freezing each : group) {
            Tables.writeVolumeHead(transaction, each.volume().slot(), each.newId());
        }
        List<Integer> frozen = volumes.stream().map(VolumeRecord::headId).toList();
        PendingCommit commit = new PendingCommit();
        stopAndPublish(group, 0, () -> management.begin(transaction, commit));
        commit.await();
        management.committed(transaction);
        return frozen;
    }

    private void check(SnapshotRequest request, VolumeRecord volume, boolean recorded)
            throws BackendException {
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        Views.checkComplete(volume);
        if (request.name().isPresent()) {
            if (!recorded) {
                throw new BackendException(
                        BackendError.NO_SPACE,
                        "the device has no room for a catalogue: snapshots have no names");
            }
            new SnapshotNames(management).checkUnused(volume, request.name().get());
        }
    }

    private void putRecord(Transaction transaction, VolumeRecord volume, SnapshotFacts facts)
            throws BackendException {
        Layer head = management.directory().layer(volume.headId());
        if (head != null) {
            new Records(management).put(transaction, volume, head, facts);
        }
    }

    /** Stops the volumes one within the other; with all of them still, the cut is made. */
    private void stopAndPublish(List<Freezing> group, int stopped, Management.Action cut)
            throws BackendException {
        if (stopped == group.size()) {
            cut.run();
            group.forEach(this::enter);
            return;
        }
        Freezing next = group.get(stopped);
        StoredVolume view = next.volume().view();
        if (view == null) {
            stopAndPublish(group, stopped + 1, cut);
        } else {
            view.freeze(() -> {
                stopAndPublish(group, stopped + 1, cut);
                return next.newId();
            });
        }
    }

    private void enter(Freezing done) {
        Directory directory = management.directory();
        Layer frozen = directory.layer(done.volume().headId());
        if (frozen != null) {
            frozen.setFacts(done.facts());
        }
        directory.addLayer(done.newId(), done.newHead());
        done.volume().setHeadId(done.newId());
    }
}
