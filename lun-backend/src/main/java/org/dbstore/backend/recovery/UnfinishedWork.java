package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.operation.DeleteVolume;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.LayerPruning;
import org.dbstore.backend.operation.LayerRemoval;
import org.dbstore.backend.operation.LayerTree;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.ResizeVolume;
import org.dbstore.backend.operation.ResumedDeletions;
import org.dbstore.backend.operation.VolumeRecord;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finishes what carries a mark, or, where that is much, has it finished while the device serves: a
 * marked head is a volume on its way out, or a clone that was never finished; a marked layer within
 * a tree is to be pruned; a marked layer of no volume goes, with its ancestors that belong to no
 * volume either, unless the rest of a lost volume still leans on it.
 */
final class UnfinishedWork {
    /** Extents that an opening frees or hands on itself: a fraction of a second. */
    private static final int EXTENTS_AT_ONCE = 65_536;

    private final Management management;
    private final Directory directory;
    private final BitSet reachable;
    private final BitSet owners;
    private final Findings findings;

    UnfinishedWork(Management management, BitSet reachable, BitSet owners, Findings findings) {
        this.management = management;
        this.directory = management.directory();
        this.reachable = reachable;
        this.owners = owners;
        this.findings = findings;
    }

    /** Only says what a writable opening would do, and hides volumes that are on their way out. */
    void report() {
        for (VolumeRecord volume : directory.volumes()) {
            Layer head = directory.layer(volume.headId());
            if (volume.damage() == null && head != null && head.entry().isMarked()) {
                findings.add(
                        Problem.UNFINISHED,
                        "volume " + volume.title(),
                        "volume %s was being made or deleted: it goes at the next writable opening"
                                .formatted(volume.title()));
                directory.remove(volume);
            }
        }
        for (VolumeRecord volume : directory.volumes()) {
            if (volume.damage() == null && ResizeVolume.isUnfinished(volume)) {
                findings.add(
                        Problem.UNFINISHED,
                        "volume " + volume.title(),
                        "volume %s was being made smaller: done at the next writable opening"
                                .formatted(volume.title()));
            }
        }
        LayerTree tree = new LayerTree(directory);
        for (Layer layer : directory.layers()) {
            if (layer.entry().isMarked()
                    && !tree.isHead(layer.id())
                    && tree.children(layer.id()).size() < 2) {
                findings.add(
                        Problem.UNFINISHED,
                        "snapshot " + layer.id(),
                        "snapshot %d was being deleted: it goes at the next writable opening"
                                .formatted(layer.id()));
            }
        }
    }

    /** Returns what is left to be done while the device serves. */
    ResumedDeletions finish() throws BackendException {
        for (VolumeRecord volume : directory.volumes()) {
            Layer head = directory.layer(volume.headId());
            if (volume.damage() == null && head != null && head.entry().isMarked()) {
                findings.add(
                        Problem.UNFINISHED,
                        "volume " + volume.title(),
                        "volume %s was being made or deleted: gone now".formatted(volume.title()));
                management.lockedDo(() -> new DeleteVolume(management).unpublish(volume));
            }
        }
        for (VolumeRecord volume : directory.volumes()) {
            if (volume.damage() == null && ResizeVolume.isUnfinished(volume)) {
                findings.add(
                        Problem.UNFINISHED,
                        "volume " + volume.title(),
                        "volume %s was being made smaller: done now".formatted(volume.title()));
                new ResizeVolume(management, Shrink.DISCARD, (view, change) -> {}).finish(volume);
            }
        }
        if (extentsOfMarked() > EXTENTS_AT_ONCE) {
            return resumeLater();
        }
        prune();
        BitSet needed = neededByLost();
        while (removeAllBut(needed)) {
            needed = neededByLost(); // what was removed may have needed others
        }
        reportKept(needed);
        new EmptyLayers(management, reachable, owners).free();
        return new ResumedDeletions(management);
    }

    private void reportKept(BitSet needed) {
        for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
            if (isLeftOver(directory.layer(id))) {
                findings.add(
                        Problem.KEPT_FOR_LOST,
                        "snapshot " + id,
                        "snapshot %d was being deleted, but others that lost their volume need it:"
                                        .formatted(id)
                                + " kept");
            }
        }
    }

    private int extentsOfMarked() {
        BitSet marked = new BitSet();
        directory.layers().stream()
                .filter(layer -> layer.entry().isMarked())
                .forEach(layer -> marked.set(layer.id()));
        int[] count = {0};
        if (!marked.isEmpty()) {
            management
                    .parts()
                    .table()
                    .scanAtOnce((extent, owner, position) -> count[0] += marked.get(owner) ? 1 : 0);
        }
        return count[0];
    }

    private ResumedDeletions resumeLater() throws BackendException {
        ResumedDeletions resumed = new ResumedDeletions(management);
        setReachable();
        new EmptyLayers(management, reachable, owners).free();
        LayerTree tree = new LayerTree(directory);
        BitSet needed = neededByLost();
        for (Layer layer : directory.layers()) {
            if (isLeftOver(layer) && !needed.get(layer.id())) {
                resumed.addRemoval(layer, ancestorsOf(layer, needed));
            } else if (layer.entry().isMarked()
                    && reachable.get(layer.id())
                    && tree.children(layer.id()).size() < 2) {
                resumed.addSnapshot(layer);
                findings.add(
                        Problem.UNFINISHED,
                        "snapshot " + layer.id(),
                        "snapshot %d was being deleted: that goes on".formatted(layer.id()));
            }
        }
        reportKept(needed);
        return resumed;
    }

    /** Finishes the deletion of snapshots; one that several layers need stays hidden. */
    private void prune() throws BackendException {
        setReachable();
        Map<Integer, String> pending = new TreeMap<>();
        LayerTree before = new LayerTree(directory);
        for (Layer layer : directory.layers()) {
            if (reachable.get(layer.id()) && layer.entry().isMarked()) {
                List<VolumeRecord> volumes = before.volumes(layer.id());
                pending.put(
                        layer.id(), volumes.isEmpty() ? "" : " of " + volumes.getFirst().title());
            }
        }
        new LayerPruning(management).run(reachable);
        setReachable();
        pending.forEach((id, volume) -> {
            if (directory.layer(id) == null) {
                findings.add(
                        Problem.UNFINISHED,
                        "snapshot " + id,
                        "snapshot %d%s was being deleted: gone now".formatted(id, volume));
            }
        });
    }

    private void setReachable() {
        reachable.clear();
        reachable.or(ChainCheck.attached(directory));
    }

    /** Returns true if a layer was removed. */
    private boolean removeAllBut(BitSet needed) throws BackendException {
        boolean removed = false;
        for (int id = directory.nextId(1); id > 0; id = directory.nextId(id + 1)) {
            Layer layer = directory.layer(id);
            if (layer != null && isLeftOver(layer) && !needed.get(id)) {
                new LayerRemoval(management).run(List.of(id), ancestorsOf(layer, needed));
                removed = true;
            }
        }
        return removed;
    }

    private boolean isLeftOver(@Nullable Layer layer) {
        return layer != null && layer.entry().isMarked() && !reachable.get(layer.id());
    }

    /** Ancestors of layers that hold extents and belong to no volume, but were never deleted. */
    private BitSet neededByLost() {
        BitSet needed = new BitSet();
        for (int id = directory.nextId(1); id > 0; id = directory.nextId(id + 1)) {
            Layer layer = directory.layer(id);
            if (layer != null
                    && !layer.entry().isMarked()
                    && !reachable.get(id)
                    && owners.get(id)) {
                int parent = layer.entry().parentId();
                while (parent != 0 && !needed.get(parent)) {
                    needed.set(parent);
                    Layer ancestor = directory.layer(parent);
                    parent = ancestor == null ? 0 : ancestor.entry().parentId();
                }
            }
        }
        return needed;
    }

    /** Those that belong to no volume either, and that nothing else needs. */
    private List<Integer> ancestorsOf(Layer marked, BitSet needed) {
        List<Integer> ancestors = new ArrayList<>();
        for (Layer layer : directory.chain(marked.id())) {
            if (reachable.get(layer.id())) {
                break;
            }
            if (layer != marked && !needed.get(layer.id())) {
                ancestors.add(layer.id());
            }
        }
        return ancestors;
    }
}
