package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.VolumeListener;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.extent.ViewBuilder;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.volume.StoredVolume;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Changes the size of a volume, which may be in use. A smaller size counts first, then the head's
 * extents beyond it are freed. Before a larger size counts, what layers hold in the new part (from
 * a time when the volume was larger) is hidden by empty extents of the head: new space reads as
 * zeroes.
 */
public final class ResizeVolume {
    /** Label of a volume whose head may still hold extents beyond its end. */
    private static final String SHRINKING = "dbs.shrinking";

    private final Management management;
    private final VolumeListener listener;
    private final ExtentTable table;
    private final Shrink shrink;

    /**
     * Creates the operation.
     *
     * @param management of the store
     * @param shrink what a smaller size may cost
     * @param listener told if the volume is open
     */
    public ResizeVolume(Management management, Shrink shrink, VolumeListener listener) {
        this.management = management;
        this.listener = listener;
        this.table = management.parts().table();
        this.shrink = shrink;
    }

    /**
     * Runs it.
     *
     * @param volumeName of the volume, or "#slot"
     * @param sizeBytes rounded up to 1 MiB
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#INVALID} for an
     *     impossible size, or a smaller one that is not allowed; {@link BackendError#NO_SPACE} if
     *     hiding old data, or noting the size of the snapshots, needs extents and none is free;
     *     {@link BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void run(String volumeName, long sizeBytes) throws BackendException {
        long size = VolumeNames.roundSize(sizeBytes);
        VolumeRecord volume = management.lockOperations(volumeName);
        try {
            management.checkWritable();
            management.lockedDo(() -> checkUndamaged(volume));
            if (size != volume.sizeBytes() && !new SnapshotClaims(management).claim(volume)) {
                throw new BackendException(
                        BackendError.NO_SPACE,
                        "there is no room to note that the snapshots of %s keep their size"
                                .formatted(volume.title()));
            }
            boolean changes = size != volume.sizeBytes();
            management.parts().commits().reclaim(true); // so that what is free can be counted
            if (size > volume.sizeBytes()) {
                growOrNothing(volume, size);
                prune(volume);
            } else {
                management.lockedDo(() -> shrink(volume, size));
                finish(volume);
            }
            StoredVolume view = volume.view();
            if (changes && view != null) {
                listener.changed(view, VolumeListener.Change.SIZE);
            }
        } finally {
            volume.operations().unlock();
        }
    }

    private static void checkUndamaged(VolumeRecord volume) throws BackendException {
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
    }

    private void growOrNothing(VolumeRecord volume, long size) throws BackendException {
        try {
            management.lockedDo(() -> grow(volume, size));
        } catch (BackendException e) {
            if (e.error() == BackendError.NO_SPACE) {
                freeBeyond(volume); // what was to hide old data
            }
            throw e;
        }
    }

    private void grow(VolumeRecord volume, long size) throws BackendException {
        long end = size / Geometry.EXTENT_BYTES;
        Map<Long, Integer> hiding = hide(volume, end);
        apply(
                volume,
                size,
                map -> {
                    map.resize(end);
                    hiding.forEach(map::put);
                });
    }

    /** Makes the part behind the present end read as zeroes; returns the head's entries there. */
    private Map<Long, Integer> hide(VolumeRecord volume, long end) throws BackendException {
        ExtentMap larger =
                new ViewBuilder(table).build(management.directory().chainIds(volume.headId()), end);
        Map<Long, Integer> hiding = new LinkedHashMap<>();
        List<Long> inherited = new ArrayList<>();
        long present = volume.sizeBytes() / Geometry.EXTENT_BYTES;
        for (long position = larger.nextMapped(present, end);
                position < end;
                position = larger.nextMapped(position + 1, end)) {
            int extent = larger.get(position);
            if (table.owner(extent) == volume.headId() && !table.covers(extent)) {
                table.free(extent);
            } else if (table.owner(extent) == volume.headId()) {
                table.unmap(extent, 0, Geometry.EXTENT_BLOCKS);
                hiding.put(position, extent);
            } else if (table.anyMapped(extent, 0, Geometry.EXTENT_BLOCKS)) {
                inherited.add(position);
            }
        }
        ExtentAllocator allocator = management.parts().allocator();
        if (inherited.size() > allocator.freeCount()) {
            throw new BackendException(
                    BackendError.NO_SPACE,
                    ("snapshots of %s hold data beyond its end: hiding it needs %d extents, and %d"
                                    + " are free")
                            .formatted(volume.title(), inherited.size(), allocator.freeCount()));
        }
        for (long position : inherited) {
            int extent = allocator.allocate(ExtentMap.NONE);
            if (extent == ExtentMap.NONE) {
                throw new BackendException(
                        BackendError.NO_SPACE, "the device became full while old data was hidden");
            }
            table.birth(extent, volume.headId(), position, new long[BlockBitmap.WORDS], true);
            hiding.put(position, extent);
        }
        return hiding;
    }

    private void shrink(VolumeRecord volume, long size) throws BackendException {
        long end = size / Geometry.EXTENT_BYTES;
        if (size < volume.sizeBytes() && shrink == Shrink.REFUSED) {
            throw new BackendException(
                    BackendError.INVALID,
                    "%s has %d bytes; making it smaller was not asked for"
                            .formatted(volume.title(), volume.sizeBytes()));
        }
        apply(volume, size, map -> map.resize(end));
    }

    /** Part of the change that is made while nobody uses the map. */
    private interface MapChange {
        void change(ExtentMap map);
    }

    private void apply(VolumeRecord volume, long size, MapChange change) throws BackendException {
        StoredVolume view = volume.view();
        if (view == null) {
            checkLoss(volume, new Views(management).map(volume, volume.headId()), size);
            commit(volume, size);
        } else {
            view.freeze(() -> {
                checkLoss(volume, view.map(), size);
                commit(volume, size);
                change.change(view.map());
                return volume.headId();
            });
        }
    }

    private void checkLoss(VolumeRecord volume, ExtentMap map, long size) throws BackendException {
        long end = map.positionCount();
        long position = map.nextMapped(Math.min(end, size / Geometry.EXTENT_BYTES), end);
        while (shrink != Shrink.DISCARD && position < end) {
            if (table.anyMapped(map.get(position), 0, Geometry.EXTENT_BLOCKS)) {
                throw new BackendException(
                        BackendError.INVALID,
                        "%s holds data at %d MiB, beyond the new end: nothing was changed"
                                .formatted(volume.title(), position));
            }
            position = map.nextMapped(position + 1, end);
        }
    }

    private void commit(VolumeRecord volume, long size) throws BackendException {
        if (size != volume.sizeBytes()) {
            Transaction resizing = new Transaction();
            VolumeFacts facts = volume.facts();
            if (size < volume.sizeBytes() && management.catalogue().ensure()) {
                facts = withMark(facts, true);
                new Records(management).put(resizing, volume, volume.name(), facts);
            } else if (size < volume.sizeBytes()) {
                freeFirst(volume, size / Geometry.EXTENT_BYTES);
            }
            boolean overhangs = new LayerTree(management.directory()).overhangs(volume, size);
            if (overhangs) {
                management.beginBranching(resizing);
            }
            Tables.writeVolumeSize(resizing, volume.slot(), volume.sizeBytes(), size);
            management.commit(resizing); // after the entries that hide what is beyond
            volume.setSizeBytes(size);
            volume.setFacts(facts);
            if (overhangs) {
                management.directory().setBranched(true);
            }
        }
    }

    /** Without a mark nothing may be left beyond the end; there are no snapshots below it then. */
    private void freeFirst(VolumeRecord volume, long end) {
        List<Integer> beyond = new ArrayList<>();
        table.scan((extent, owner, position) -> {
            if (owner == volume.headId() && position >= end) {
                beyond.add(extent);
            }
        });
        beyond.forEach(table::free);
    }

    /**
     * Tells whether a power loss may have left extents of the head beyond the end of a volume.
     *
     * @param volume any
     * @return false without a journal: then they go first
     */
    public static boolean isUnfinished(VolumeRecord volume) {
        return volume.facts().labels().containsKey(SHRINKING);
    }

    /**
     * Frees what an interrupted shrink has left beyond the end.
     *
     * @param volume of which {@link #isUnfinished} is true, before it is used
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void finish(VolumeRecord volume) throws BackendException {
        freeBeyond(volume);
        management.lockedDo(() -> removeMark(volume));
    }

    private void removeMark(VolumeRecord volume) throws BackendException {
        if (isUnfinished(volume)) {
            VolumeFacts facts = withMark(volume.facts(), false);
            Transaction ending = new Transaction();
            new Records(management).put(ending, volume, volume.name(), facts);
            management.commit(ending);
            volume.setFacts(facts);
        }
    }

    private static VolumeFacts withMark(VolumeFacts facts, boolean marked) {
        SortedMap<String, String> labels = new TreeMap<>(facts.labels());
        labels.remove(SHRINKING);
        if (marked) {
            labels.put(SHRINKING, "");
        }
        return facts.withLabels(labels);
    }

    /** Frees what is held behind the end alone, also what an interrupted run has left there. */
    private void freeBeyond(VolumeRecord volume) throws BackendException {
        long end = volume.sizeBytes() / Geometry.EXTENT_BYTES;
        int head = volume.headId();
        new ExtentRelease(management)
                .freeAll((owner, position) -> owner == head && position >= end);
        prune(volume);
    }

    private void prune(VolumeRecord volume) throws BackendException {
        BitSet trees =
                management.locked(() ->
                        new LayerTree(management.directory()).trees(List.of(volume.headId())));
        new LayerPruning(management).run(trees);
    }
}
