package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.SpaceWait;
import org.dbstore.backend.volume.StoredVolume;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Copies what a layer shows into a new volume. The new layer carries the mark until the volume's
 * entry is on the medium, so a power loss at any point leaves nothing behind.
 */
public final class CloneSnapshot {
    /** Extents copied between two commits. */
    private static final int EXTENTS_PER_COMMIT = 256;

    private final Management management;
    private final Views views;
    private final String newName;
    private final ProgressListener progress;
    private int lastCopy = ExtentMap.NONE;
    private int pendingExtents;
    private long copiedBytes;

    /**
     * Creates the operation.
     *
     * @param management of the store
     * @param newName of the volume to be made
     * @param progress hears of each extent
     */
    public CloneSnapshot(Management management, String newName, ProgressListener progress) {
        this.management = management;
        this.views = new Views(management);
        this.newName = newName;
        this.progress = progress;
    }

    /** What is copied, and to whom; the source cannot change or go meanwhile. */
    private record Copy(
            VolumeRecord volume,
            @Nullable StoredVolume frozenView,
            ExtentMap map,
            long totalBytes,
            Layer target) {}

    /**
     * Runs it.
     *
     * @param id a frozen snapshot, or the head of a volume that is not open
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#ALREADY_EXISTS}, {@link BackendError#BUSY}, {@link BackendError#NO_SPACE},
     *     {@link BackendError#LIMIT}, {@link BackendError#CORRUPT}, {@link BackendError#IO}, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(int id) throws BackendException {
        VolumeNames.check(newName);
        VolumeRecord volume = management.locked(() -> management.volumeOf(management.layer(id)));
        management.lockOperations(volume);
        try {
            management.checkWritable();
            management.parts().commits().reclaim(true); // so that what is free can be counted
            Copy copy = management.locked(() -> begin(volume, id));
            if (copy.frozenView() != null) {
                volume.operations().unlock(); // the view alone keeps a frozen source
            }
            finish(copy);
        } finally {
            if (volume.operations().isHeldByCurrentThread()) {
                volume.operations().unlock();
            }
        }
    }

    private Copy begin(VolumeRecord volume, int id) throws BackendException {
        Directory directory = management.directory();
        directory.checkNameUnused(newName);
        Layer source = management.layer(id);
        management.checkGuarded(source, volume);
        directory.freeSlot();
        boolean isHead = volume.headId() == id;
        if (isHead) {
            Views.checkWhole(volume);
        }
        if (isHead && (volume.view() != null || volume.isCloning())) {
            throw new BackendException(
                    BackendError.BUSY,
                    volume.title() + " is in use: make a snapshot of it and clone that");
        }
        int newId = directory.freeId();
        StoredVolume frozenView = isHead ? null : views.openLayer(volume, source);
        try {
            ExtentMap map = frozenView == null ? views.map(volume, id) : frozenView.map();
            long needed = extentCount(map);
            checkSpace(needed);
            SnapshotEntry unfinished = new SnapshotEntry(0, Management.now()).marked();
            Transaction beginning = new Transaction();
            Tables.writeSnapshot(beginning, newId, unfinished);
            management.commit(beginning);
            Layer target = directory.addLayer(newId, unfinished);
            target.setDeleting(true);
            directory.reserveName(newName);
            volume.setCloning(isHead || volume.isCloning());
            return new Copy(volume, frozenView, map, needed * Geometry.EXTENT_BYTES, target);
        } catch (BackendException | RuntimeException | Error e) {
            if (frozenView != null) {
                views.release(frozenView);
            }
            throw e;
        }
    }

    private void checkSpace(long needed) throws BackendException {
        int free = management.parts().allocator().freeCount();
        if (needed > free) {
            throw new BackendException(
                    BackendError.NO_SPACE,
                    "the clone needs %d extents of 1 MiB, and %d are free".formatted(needed, free));
        }
    }

    private long extentCount(ExtentMap map) {
        long count = 0;
        long position = next(map, 0);
        while (position < map.positionCount()) {
            count++;
            position = next(map, position + 1);
        }
        return count;
    }

    /** Next position with a mapped block; tombstones need no copy. */
    private long next(ExtentMap map, long from) {
        ExtentTable table = management.parts().table();
        long position = map.nextMapped(from, map.positionCount());
        while (position < map.positionCount()
                && !table.anyMapped(map.get(position), 0, Geometry.EXTENT_BLOCKS)) {
            position = map.nextMapped(position + 1, map.positionCount());
        }
        return position;
    }

    private void finish(Copy copy) throws BackendException {
        boolean published = false;
        try {
            copyExtents(copy);
            management.lockedDo(() -> publish(copy));
            published = true;
        } finally {
            management.lockedDo(() -> letGo(copy));
            if (!published && !management.parts().health().isFailed()) {
                new LayerRemoval(management).run(List.of(copy.target().id()), List.of());
            }
        }
    }

    private void copyExtents(Copy copy) throws BackendException {
        ExtentMap map = copy.map();
        long end = map.positionCount();
        progress.progress(0, copy.totalBytes());
        for (long position = map.nextMapped(0, end);
                position < end;
                position = map.nextMapped(position + 1, end)) {
            long at = position;
            if (copy.frozenView() == null) {
                copyExtent(copy, at);
            } else { // a flatten may lead the view to another extent meanwhile
                copy.frozenView().steadily(at, () -> copyExtent(copy, at));
            }
            if (pendingExtents == EXTENTS_PER_COMMIT) {
                management.parts().commits().flush();
                pendingExtents = 0;
            }
        }
        management.parts().commits().flush();
    }

    private void copyExtent(Copy copy, long position) throws BackendException {
        ExtentTable table = management.parts().table();
        int from = copy.map().get(position);
        if (from == ExtentMap.NONE || !table.anyMapped(from, 0, Geometry.EXTENT_BLOCKS)) {
            return;
        }
        int to = SpaceWait.run(management.parts().commits(), () -> allocate(lastCopy + 1));
        try {
            management.parts().copyOnWrite().copyExcept(from, to, 0, 0);
        } catch (BackendException | RuntimeException | Error e) {
            management.parts().allocator().release(to);
            throw e;
        }
        table.birth(to, copy.target().id(), position, table.bitmap(from), false);
        lastCopy = to;
        pendingExtents++;
        copiedBytes += Geometry.EXTENT_BYTES;
        progress.progress(copiedBytes, copy.totalBytes());
    }

    private int allocate(int preferred) throws BackendException {
        int extent = management.parts().allocator().allocate(preferred);
        if (extent == ExtentMap.NONE) {
            throw new BackendException(
                    BackendError.NO_SPACE,
                    "the device became full while " + newName + " was copied");
        }
        return extent;
    }

    private void publish(Copy copy) throws BackendException {
        Directory directory = management.directory();
        int slot = directory.freeSlot();
        long size = copy.map().positionCount() * Geometry.EXTENT_BYTES;
        Layer layer = copy.target();
        SnapshotEntry finished = layer.entry().unmarked();
        Transaction publication = new Transaction();
        VolumeFacts facts = new Records(management).create(publication, slot, newName);
        Tables.writeVolumeBody(publication, slot, size, newName);
        publication.barrier();
        Tables.writeVolumeHead(publication, slot, copy.target().id());
        publication.barrier();
        Tables.writeSnapshot(publication, copy.target().id(), finished);
        management.commit(publication);
        layer.setEntry(finished);
        layer.setDeleting(false);
        VolumeRecord volume = new VolumeRecord(slot, newName, true, size, copy.target().id());
        volume.setFacts(facts);
        directory.add(volume);
    }

    private void letGo(Copy copy) {
        management.directory().releaseName(newName);
        if (copy.frozenView() == null) {
            copy.volume().setCloning(false);
        } else {
            views.release(copy.frozenView());
        }
    }
}
