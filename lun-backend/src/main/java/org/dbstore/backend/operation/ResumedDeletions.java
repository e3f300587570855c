package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Deletions that a power loss cut short and that are too large for an opening to finish: the device
 * serves meanwhile, as it does beside any deletion.
 */
public final class ResumedDeletions {
    private final Management management;

    /** Marked layers within trees of volumes. */
    private final List<Integer> snapshots = new ArrayList<>();

    /** Marked layers that no tree of a volume has. */
    private final Set<Integer> removed = new TreeSet<>();

    /** Layers that go with those. */
    private final Set<Integer> removedToo = new TreeSet<>();

    /**
     * Begins with none.
     *
     * @param management of a store that is being opened
     */
    public ResumedDeletions(Management management) {
        this.management = management;
    }

    /**
     * Adds a snapshot that some volume has in its tree.
     *
     * @param layer marked, and nobody's head
     */
    public void addSnapshot(Layer layer) {
        layer.setDeleting(true);
        snapshots.add(layer.id());
    }

    /**
     * Adds a layer of no volume.
     *
     * @param layer marked
     * @param otherIds layers that go with it
     */
    public void addRemoval(Layer layer, List<Integer> otherIds) {
        layer.setDeleting(true);
        removed.add(layer.id());
        removedToo.addAll(otherIds);
    }

    /** Tells whether nothing was added. */
    public boolean isEmpty() {
        return snapshots.isEmpty() && removed.isEmpty();
    }

    /**
     * Finishes them. The caller holds no locks.
     *
     * @throws BackendException {@link BackendError#FAILED}; marks stay, and the next opening
     *     resumes
     */
    public void run() throws BackendException {
        if (!removed.isEmpty()) {
            removedToo.removeAll(removed);
            new LayerRemoval(management).run(List.copyOf(removed), List.copyOf(removedToo));
        }
        for (int id : snapshots) {
            Optional<VolumeRecord> volume = management.locked(() -> guard(id));
            while (volume.isPresent() && !prune(id, volume.get().operations())) {
                volume = management.locked(() -> guard(id)); // another by now
            }
        }
    }

    /** Returns false if the operations of that volume do not guard the layer any more. */
    private boolean prune(int id, ReentrantLock operations) throws BackendException {
        operations.lock();
        try {
            BitSet trees =
                    management.locked(() -> {
                        boolean guarded =
                                guard(id)
                                        .map(volume -> volume.operations().equals(operations))
                                        .orElse(false);
                        return guarded
                                ? new LayerTree(management.directory()).trees(List.of(id))
                                : new BitSet();
                    });
            if (!trees.isEmpty()) {
                new LayerPruning(management).run(trees);
            }
            return !trees.isEmpty();
        } finally {
            operations.unlock();
        }
    }

    /** A volume whose operations guard a layer that is still to go. */
    private Optional<VolumeRecord> guard(int id) {
        Layer layer = management.directory().layer(id);
        return layer == null || !layer.isHidden()
                ? Optional.empty()
                : new LayerTree(management.directory()).volumes(id).stream().findFirst();
    }
}
