package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.extent.ViewBuilder;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.SpaceWait;
import org.dbstore.backend.volume.StoredVolume;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What a layer, and those above it, show of the layers below it; and the change to extents of its
 * own. The layers below are frozen and not merged meanwhile: the caller holds the operations of the
 * volumes. All open views are led to the copies, as the originals may go once nobody is above them.
 */
final class SharedExtents implements AutoCloseable {
    private final Management management;
    private final ExtentTable table;
    private final Layer lowest;
    private final @Nullable StoredVolume headView;
    private final ExtentMap below;
    private final ExtentMap own;
    private final List<Layer> above;
    private long next;
    private int lastCopy = ExtentMap.NONE;

    SharedExtents(Management management, VolumeRecord volume, Layer lowest)
            throws BackendException {
        this.management = management;
        this.table = management.parts().table();
        this.lowest = lowest;
        Directory directory = management.directory();
        // A head may be written meanwhile, so its live view is used; a frozen layer stays as it is.
        this.headView =
                volume.headId() == lowest.id()
                        ? management.locked(() -> new Views(management).openHead(volume))
                        : null;
        LayerTree tree = management.locked(() -> new LayerTree(directory));
        this.above = tree.subtree(lowest);
        long positions = management.locked(() -> tree.positionsAbove(lowest));
        ViewBuilder builder = new ViewBuilder(table);
        this.below = builder.build(directory.chainIds(lowest.entry().parentId()), positions);
        this.own =
                headView == null
                        ? builder.build(new int[] {lowest.id()}, positions)
                        : headView.map();
    }

    /** Counts the extents that are to be copied. */
    long countLeft() {
        long count = 0;
        for (long at = nextShared(0); at < below.positionCount(); at = nextShared(at + 1)) {
            count++;
        }
        return count;
    }

    private long nextShared(long from) {
        long end = below.positionCount();
        long position = below.nextMapped(from, end);
        while (position < end && (isOwn(position) || isEmpty(below.get(position)))) {
            position = below.nextMapped(position + 1, end);
        }
        return position;
    }

    private boolean isOwn(long position) {
        int extent = own.get(position);
        return extent != ExtentMap.NONE && table.owner(extent) == lowest.id();
    }

    private boolean isEmpty(int extent) {
        return !table.anyMapped(extent, 0, Geometry.EXTENT_BLOCKS);
    }

    /** Copies the next extent that is left; does nothing if a write was faster. */
    void copyNext() throws BackendException {
        long position = nextShared(next);
        if (position == below.positionCount()) {
            return;
        }
        next = position + 1;
        int shared = below.get(position);
        int copy = SpaceWait.run(management.parts().commits(), this::allocate);
        boolean used = false;
        try {
            management.parts().copyOnWrite().copyExcept(shared, copy, 0, 0);
            used = management.locked(() -> adopt(position, shared, copy));
        } finally {
            if (!used) {
                management.parts().allocator().release(copy);
            }
        }
        lastCopy = copy;
    }

    private int allocate() throws BackendException {
        int copy = management.parts().allocator().allocate(lastCopy + 1);
        if (copy == ExtentMap.NONE) {
            throw new BackendException(
                    BackendError.NO_SPACE, "the device became full: what is copied stays copied");
        }
        return copy;
    }

    private boolean adopt(long position, int shared, int copy) {
        if (headView != null) {
            boolean[] adopted = new boolean[1];
            headView.exclusively(
                    position,
                    () -> {
                        if (own.get(position) == shared) {
                            table.birth(copy, lowest.id(), position, table.bitmap(shared), true);
                            own.put(position, copy);
                            adopted[0] = true;
                        }
                    });
            return adopted[0];
        }
        table.birth(copy, lowest.id(), position, table.bitmap(shared), true);
        own.put(position, copy);
        for (StoredVolume view : viewsAbove()) {
            replace(view, position, shared, copy);
        }
        return true;
    }

    /** Takes the layer off those below; the copies are durable. */
    void unlink() throws BackendException {
        management.lockedDo(() -> {
            SnapshotEntry unlinked = new SnapshotEntry(0, lowest.entry().createdAt());
            Transaction unlinking = new Transaction();
            Tables.writeSnapshot(unlinking, lowest.id(), unlinked);
            management.commit(unlinking);
            lowest.setEntry(unlinked);
            forgetBelow();
        });
        if (headView != null) {
            dropTombstones(headView);
        }
    }

    /** Empty extents below read as nothing, so they need no copy, but views may lead to them. */
    private void forgetBelow() {
        List<StoredVolume> views = viewsAbove();
        long end = below.positionCount();
        for (long at = below.nextMapped(0, end); at < end; at = below.nextMapped(at + 1, end)) {
            for (StoredVolume view : views) {
                replace(view, at, below.get(at), ExtentMap.NONE);
            }
        }
    }

    /** Extents of the head no longer hide anything: those without blocks go. */
    private void dropTombstones(StoredVolume head) throws BackendException {
        List<Long> positions = new ArrayList<>();
        table.scan((extent, owner, position) -> {
            if (owner == lowest.id() && position < own.positionCount()) {
                positions.add(position);
            }
        });
        for (long position : positions) {
            head.exclusively(position, () -> dropTombstone(position));
        }
        management.parts().commits().flush();
    }

    private void dropTombstone(long position) {
        if (!isOwn(position)) {
            return;
        }
        int extent = own.get(position);
        table.setCovers(extent, false);
        if (isEmpty(extent) && !table.covers(extent)) {
            own.put(position, ExtentMap.NONE);
            table.free(extent);
        }
    }

    private List<StoredVolume> viewsAbove() {
        List<StoredVolume> views = new ArrayList<>();
        Directory directory = management.directory();
        for (Layer layer : above) {
            VolumeRecord volume = directory.volumeOfHead(layer.id());
            StoredVolume view = volume == null ? layer.view() : volume.view();
            if (view != null) {
                views.add(view);
            }
        }
        return views;
    }

    private static void replace(StoredVolume view, long position, int from, int to) {
        ExtentMap map = view.map();
        if (position < map.positionCount()) {
            view.exclusively(
                    position,
                    () -> {
                        if (map.get(position) == from) {
                            map.put(position, to);
                        }
                    });
        }
    }

    @Override
    public void close() {
        if (headView != null) {
            new Views(management).release(headView);
        }
    }
}
