package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;

import java.util.List;
import java.util.Map;

/** What administrators do: volumes, snapshots, clones. */
final class ManagementActions {
    private static final int VOLUMES_MAX = 4;
    private static final int SNAPSHOTS_MAX = 5;

    static final List<Action.Weighted> ALL =
            List.of(
                    new Action.Weighted("create volume", 5, ManagementActions::createVolume),
                    new Action.Weighted("delete volume", 3, ManagementActions::deleteVolume),
                    new Action.Weighted("rename volume", 2, ManagementActions::rename),
                    new Action.Weighted("create snapshot", 5, ManagementActions::createSnapshot),
                    new Action.Weighted("delete snapshot", 4, ManagementActions::deleteSnapshot),
                    new Action.Weighted("clone", 2, ManagementActions::clone));

    private ManagementActions() {}

    static void createVolume(Workload workload) throws BackendException {
        if (workload.volumeCount() >= VOLUMES_MAX) {
            return;
        }
        String name = workload.newName();
        int extents = 1 + workload.random().nextInt(4);
        workload.model().begin().put(name, new VolumeModel(extents));
        workload.manage(() -> workload.store().createVolume(name, (long) extents << 20));
    }

    private static void deleteVolume(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name == null) {
            return;
        }
        workload.unpin();
        workload.model().begin().remove(name);
        workload.manage(() -> workload.store().deleteVolume(name));
        workload.model().flushed();
    }

    private static void rename(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null) {
            rename(workload, name, workload.newName());
        }
    }

    static void rename(Workload workload, String name, String newName) throws BackendException {
        Map<String, VolumeModel> after = workload.model().begin();
        after.remove(name);
        after.put(newName, workload.model().volume(name).copy());
        workload.manage(() -> workload.store().renameVolume(name, newName));
    }

    private static void createSnapshot(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null && workload.model().volume(name).snapshots().size() < SNAPSHOTS_MAX) {
            createSnapshot(workload, name);
        }
    }

    static void createSnapshot(Workload workload, String name) throws BackendException {
        int frozen = workload.store().volume(name).headSnapshotId();
        VolumeModel after = workload.model().volume(name).copy();
        after.flushed();
        after.snapshots()
                .addFirst(new VolumeModel.Snapshot(frozen, "", after.live(), after.extents()));
        workload.model().begin().put(name, after);
        workload.manage(() -> {
            if (workload.store().createSnapshot(name) != frozen) {
                throw new IllegalStateException("createSnapshot returned another id");
            }
        });
        workload.model().flushed();
    }

    private static void deleteSnapshot(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null && !workload.model().volume(name).snapshots().isEmpty()) {
            int count = workload.model().volume(name).snapshots().size();
            deleteSnapshot(workload, name, workload.random().nextInt(count));
        }
    }

    static void deleteSnapshot(Workload workload, String name, int index) throws BackendException {
        VolumeModel after = workload.model().volume(name).copy();
        int id = after.snapshots().remove(index).id();
        workload.model().begin().put(name, after);
        workload.manage(() -> workload.store().deleteSnapshot(id));
        workload.model().flushed();
    }

    private static void clone(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null && workload.volumeCount() < VOLUMES_MAX) {
            workload.unpin();
            boolean fromSnapshot =
                    !workload.model().volume(name).snapshots().isEmpty()
                            && workload.random().nextBoolean();
            clone(workload, name, fromSnapshot, workload.newName());
        }
    }

    static void clone(Workload workload, String name, boolean fromSnapshot, String newName)
            throws BackendException {
        VolumeModel source = workload.model().volume(name);
        VolumeModel copy = new VolumeModel(source.extents());
        int id;
        if (fromSnapshot) {
            VolumeModel.Snapshot snapshot = source.snapshots().getFirst();
            id = snapshot.id();
            copy.resize(snapshot.extents());
            copy.settle(snapshot.content());
        } else {
            id = workload.store().volume(name).headSnapshotId();
            copy.settle(source.live());
        }
        workload.model().begin().put(newName, copy);
        workload.manage(() -> workload.store().cloneSnapshot(id, newName, ProgressListener.NONE));
        workload.model().flushed();
    }
}
