package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Shrink;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** What makes layers shared, and sizes different: rollback, linked clones, resizing. */
final class TreeActions {
    private static final int VOLUMES_MAX = 4;
    private static final int SNAPSHOTS_MAX = 5;
    private static final int EXTENTS_MAX = 6;

    static final List<Action.Weighted> ALL =
            List.of(
                    new Action.Weighted("roll back", 2, w -> rollback(w, false)),
                    new Action.Weighted("roll back and discard", 1, w -> rollback(w, true)),
                    new Action.Weighted("linked clone", 3, TreeActions::linkClone),
                    new Action.Weighted("flatten", 2, TreeActions::flatten),
                    new Action.Weighted("grow", 2, TreeActions::grow),
                    new Action.Weighted("shrink", 2, TreeActions::shrink));

    private TreeActions() {}

    private static void rollback(Workload workload, boolean discard) throws BackendException {
        String name = workload.anyVolume();
        VolumeModel.Snapshot target = name == null ? null : anySnapshot(workload, name);
        if (name != null && target != null) {
            rollback(workload, name, target, discard);
        }
    }

    static void rollback(
            Workload workload, String name, VolumeModel.Snapshot target, boolean discard)
            throws BackendException {
        int head = workload.store().volume(name).headSnapshotId();
        VolumeModel after = workload.model().volume(name).copy();
        if (!discard) {
            if (after.snapshots().size() >= SNAPSHOTS_MAX) {
                return;
            }
            after.snapshots()
                    .add(new VolumeModel.Snapshot(head, "", after.live(), after.extents()));
        }
        after.resize(target.extents());
        after.settle(target.content());
        workload.model().begin().put(name, after);
        workload.manage(() -> workload.store().rollback(name, target.id(), discard));
        workload.model().flushed();
    }

    private static void linkClone(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        VolumeModel.Snapshot source = name == null ? null : anySnapshot(workload, name);
        if (source == null || workload.volumeCount() >= VOLUMES_MAX) {
            return;
        }
        linkClone(workload, source, workload.newName());
    }

    static void linkClone(Workload workload, VolumeModel.Snapshot source, String cloneName)
            throws BackendException {
        VolumeModel clone = new VolumeModel(source.extents());
        clone.settle(source.content());
        workload.model().begin().put(cloneName, clone);
        workload.manage(() -> workload.store().linkClone(source.id(), cloneName));
    }

    /** What it holds does not change. */
    private static void flatten(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null) {
            flatten(workload, name);
        }
    }

    static void flatten(Workload workload, String name) throws BackendException {
        workload.model().begin();
        workload.manage(() -> workload.store().flatten(name, ProgressListener.NONE));
    }

    private static void grow(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name == null || workload.model().volume(name).extents() >= EXTENTS_MAX) {
            return;
        }
        grow(workload, name, 1 + workload.random().nextInt(2));
    }

    static void grow(Workload workload, String name, int extents) throws BackendException {
        VolumeModel after = workload.model().volume(name).copy();
        after.resize(after.extents() + extents);
        workload.model().begin().put(name, after);
        workload.manage(() -> resize(workload, name, after.extents(), Shrink.REFUSED));
    }

    /** First the end is emptied, then it is cut off. */
    private static void shrink(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name == null || workload.model().volume(name).extents() == 1) {
            return;
        }
        int before = workload.model().volume(name).extents();
        shrink(workload, name, 1 + workload.random().nextInt(before - 1));
    }

    static void shrink(Workload workload, String name, int extents) throws BackendException {
        VolumeModel before = workload.model().volume(name);
        for (int sector : before.live().keySet()) {
            if (sector >= extents * VolumeModel.SECTORS_OF_EXTENT) {
                before.writing(sector, 0);
            }
        }
        VolumeModel after = before.copy();
        after.resize(extents);
        Map<String, VolumeModel> all = workload.model().begin();
        all.put(name, after);
        if (!workload.manage(() -> resize(workload, name, extents, Shrink.DISCARD))) {
            workload.takeOver(name);
        }
    }

    private static void resize(Workload workload, String name, int extents, Shrink shrink)
            throws BackendException {
        workload.store().resizeVolume(name, (long) extents << 20, shrink);
    }

    private static VolumeModel.@Nullable Snapshot anySnapshot(Workload workload, String name) {
        List<VolumeModel.Snapshot> snapshots = workload.model().volume(name).snapshots();
        return snapshots.isEmpty()
                ? null
                : snapshots.get(workload.random().nextInt(snapshots.size()));
    }
}
