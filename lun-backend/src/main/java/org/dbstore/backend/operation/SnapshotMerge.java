package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.extent.ViewBuilder;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.StoredVolume;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes a marked layer out of a chain: extents that its child lacks are given to the child, those
 * that the child hides are freed; then the child gets the layer's parent, and the layer's entry is
 * cleared. What any view shows never changes.
 *
 * <p>An extent is freed only when the entry that hides it is on the medium, and an entry that hides
 * it may be freed only when its own freeing is: else a power loss between the two would lose data
 * or bring it back.
 */
final class SnapshotMerge {
    /** Extents changed by one commit; others may commit in between. */
    private static final int EXTENTS_PER_COMMIT = 4096;

    private final Management management;
    private final Layer doomed;
    private final Layer child;
    private final ExtentTable table;
    private final @Nullable StoredVolume headView;
    private final ExtentMap shown;
    private final ExtentMap below;

    /**
     * Prepares the merge. The caller holds the operations of the volumes concerned.
     *
     * @param management of the store
     * @param doomed the layer, marked
     * @param child the only layer whose parent it is
     * @throws BackendException as opening the volume
     */
    SnapshotMerge(Management management, Layer doomed, Layer child) throws BackendException {
        this.management = management;
        this.doomed = doomed;
        this.child = child;
        this.table = management.parts().table();
        Directory directory = management.directory();
        // A head may be written meanwhile, so its live view is used; a frozen child stays as it is.
        Views views = new Views(management);
        Optional<StoredVolume> live =
                management.locked(() -> {
                    VolumeRecord volume = directory.volumeOfHead(child.id());
                    return volume == null ? Optional.empty() : Optional.of(views.openHead(volume));
                });
        this.headView = live.orElse(null);
        long positions =
                headView == null
                        ? management.locked(() -> new LayerTree(directory).positionsAbove(child))
                        : headView.map().positionCount();
        ViewBuilder builder = new ViewBuilder(table);
        this.shown =
                headView == null
                        ? builder.build(directory.chainIds(child.id()), positions)
                        : headView.map();
        this.below = builder.build(directory.chainIds(doomed.entry().parentId()), positions);
    }

    /**
     * Runs the merge.
     *
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}; the mark stays, and
     *     the next opening finishes
     */
    void run() throws BackendException {
        try {
            // There may be millions of each, so they are kept as bare numbers.
            IntStream.Builder hidden = IntStream.builder();
            int[] left = freeUnserved();
            while (left.length > 0) {
                left = mergeRound(left, hidden);
            }
            dropTombstones(hidden.build().toArray());
            relink();
        } finally {
            release();
        }
    }

    private void release() {
        if (headView != null) {
            new Views(management).release(headView);
        }
    }

    /**
     * Frees what no view shows: doubled entries, and positions beyond all sizes. Returns the other
     * extents of the layer.
     */
    private int[] freeUnserved() throws BackendException {
        long positions = below.positionCount();
        ExtentMap own = new ViewBuilder(table).build(new int[] {doomed.id()}, positions);
        IntStream.Builder served = IntStream.builder();
        IntStream.Builder unserved = IntStream.builder();
        table.scan((extent, owner, position) -> {
            if (owner == doomed.id()) {
                if (position < positions && own.get(position) == extent) {
                    served.add(extent);
                } else {
                    unserved.add(extent);
                }
            }
        });
        int[] free = unserved.build().toArray();
        if (free.length > 0) {
            Arrays.stream(free).forEach(table::free);
            management.parts().commits().flush();
        }
        return served.build().toArray();
    }

    /**
     * Returns what could not be freed yet, because its hiding entry is not on the medium; adds the
     * positions of what was freed, without their sign.
     */
    private int[] mergeRound(int[] extents, IntStream.Builder hidden) throws BackendException {
        IntStream.Builder postponed = IntStream.builder();
        int pending = 0;
        for (int extent : extents) {
            long position = table.position(extent);
            exclusively(position, () -> merge(extent, position, hidden, postponed));
            pending++;
            if (pending == EXTENTS_PER_COMMIT) {
                management.parts().commits().flush();
                pending = 0;
            }
        }
        management.parts().commits().flush();
        return postponed.build().toArray();
    }

    private void merge(
            int extent, long position, IntStream.Builder hidden, IntStream.Builder postponed) {
        int present = shown.get(position);
        if (present == ExtentMap.NONE || table.owner(present) != child.id()) {
            inherit(extent, position);
        } else if (table.isDurable(present)) {
            table.setCovers(present, true); // until the freeing is on the medium
            table.free(extent);
            hidden.add((int) position);
        } else {
            postponed.add(extent);
        }
    }

    private void inherit(int extent, long position) {
        boolean covers = below.get(position) != ExtentMap.NONE;
        boolean empty = !table.anyMapped(extent, 0, Geometry.EXTENT_BLOCKS);
        if (headView != null && empty && !covers) {
            shown.put(position, ExtentMap.NONE);
            table.free(extent);
        } else {
            table.relabel(extent, child.id(), covers);
        }
    }

    /** Frees empty entries of the head that have nothing left to hide. */
    private void dropTombstones(int[] positions) throws BackendException {
        for (int signed : positions) {
            long position = Integer.toUnsignedLong(signed);
            exclusively(position, () -> dropTombstone(position));
        }
        management.parts().commits().flush();
    }

    private void dropTombstone(long position) {
        int present = shown.get(position);
        if (present == ExtentMap.NONE
                || table.owner(present) != child.id()
                || below.get(position) != ExtentMap.NONE) {
            return;
        }
        table.setCovers(present, false);
        // In a frozen child it stays: maps of other views lead to it.
        if (headView != null
                && !table.covers(present)
                && !table.anyMapped(present, 0, Geometry.EXTENT_BLOCKS)) {
            shown.put(position, ExtentMap.NONE);
            table.free(present);
        }
    }

    private void relink() throws BackendException {
        management.lockedDo(() -> {
            SnapshotEntry linked =
                    new SnapshotEntry(doomed.entry().parentId(), child.entry().createdAt());
            Transaction relinking = new Transaction();
            Tables.writeSnapshot(relinking, child.id(), linked);
            relinking.barrier();
            Tables.clearSnapshots(relinking, List.of(doomed.id()));
            management.catalogue().removeSnapshot(relinking, doomed.id());
            management.commit(relinking);
            child.setEntry(linked);
            management.directory().removeLayer(doomed.id());
        });
    }

    private void exclusively(long position, StoredVolume.ExclusiveStep step) {
        if (headView != null) {
            headView.exclusively(position, step);
        } else {
            step.run();
        }
    }
}
