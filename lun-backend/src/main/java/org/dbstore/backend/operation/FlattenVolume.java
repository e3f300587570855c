package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.format.Geometry;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Gives a linked clone, which may be in use, extents of its own for all that it shares with other
 * volumes, and then unlinks it. What is copied belongs to the lowest layer of the clone, so its
 * snapshots need the others no longer either. An interrupted run has changed nothing that anybody
 * sees; the next one goes on where it ended.
 *
 * <p>The operations of the volume are held for a few extents at a time.
 */
public final class FlattenVolume {
    /** Extents copied in one go, about 64 MiB: others wait for that long at most. */
    private static final int EXTENTS_PER_STEP = 64;

    private final Management management;
    private final ProgressListener progress;
    private long copiedBytes;

    /**
     * Creates the operation.
     *
     * @param management of the store
     * @param progress hears of each extent
     */
    public FlattenVolume(Management management, ProgressListener progress) {
        this.management = management;
        this.progress = progress;
    }

    /**
     * Runs it; does nothing for a volume that shares nothing with others.
     *
     * @param volumeName of the volume, or "#slot"
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#NO_SPACE},
     *     {@link BackendError#CORRUPT}, {@link BackendError#IO}, {@link BackendError#READ_ONLY},
     *     {@link BackendError#FAILED}
     */
    public void run(String volumeName) throws BackendException {
        VolumeRecord volume = management.locked(() -> management.directory().volume(volumeName));
        boolean done = false;
        while (!done) {
            management.lockOperations(volume);
            try {
                management.checkWritable();
                done = step(volume);
            } finally {
                volume.operations().unlock();
            }
        }
    }

    /** Returns true when nothing is shared any more. */
    private boolean step(VolumeRecord volume) throws BackendException {
        new SnapshotClaims(management).claim(volume);
        management.parts().commits().reclaim(true); // so that what is free can be counted
        Optional<Layer> linked = management.locked(() -> lowestOwn(volume));
        if (linked.isEmpty()) {
            return true;
        }
        Layer lowest = linked.get();
        try (SharedExtents shared = new SharedExtents(management, volume, lowest)) {
            long left = shared.countLeft();
            progress.progress(copiedBytes, copiedBytes + left * Geometry.EXTENT_BYTES);
            int free = management.parts().allocator().freeCount();
            if (left > free) {
                throw new BackendException(
                        BackendError.NO_SPACE,
                        "%s shares %d extents of 1 MiB with others, and %d are free"
                                .formatted(volume.title(), left, free));
            }
            long total = copiedBytes + left * Geometry.EXTENT_BYTES;
            for (int i = 0; i < Math.min(left, EXTENTS_PER_STEP); i++) {
                shared.copyNext();
                copiedBytes += Geometry.EXTENT_BYTES;
                progress.progress(copiedBytes, total);
            }
            management.parts().commits().flush();
            if (left > EXTENTS_PER_STEP) {
                return false;
            }
            BitSet trees =
                    management.locked(() ->
                            new LayerTree(management.directory()).trees(List.of(lowest.id())));
            shared.unlink();
            new LayerPruning(management).run(trees);
            return true;
        }
    }

    /** The layer of the volume whose parent is another's, or hangs between several. */
    private Optional<Layer> lowestOwn(VolumeRecord volume) throws BackendException {
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        LayerTree tree = new LayerTree(management.directory());
        Optional<Layer> own = Optional.empty();
        for (Layer layer : management.directory().chain(volume.headId())) {
            if (!tree.isOwn(layer.id(), volume)) {
                return own;
            }
            own = Optional.of(layer);
        }
        return Optional.empty();
    }
}
