package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** What needs the catalogue: names of snapshots, groups, labels, the state of SCSI targets. */
final class CatalogueActions {
    static final String LABEL = "key";

    private static final int SNAPSHOTS_MAX = 5;

    static final List<Action.Weighted> ALL =
            List.of(
                    new Action.Weighted("group snapshot", 3, CatalogueActions::createGroup),
                    new Action.Weighted("rename snapshot", 2, CatalogueActions::renameSnapshot),
                    new Action.Weighted("label", 2, CatalogueActions::label),
                    new Action.Weighted("SCSI state", 2, CatalogueActions::setScsiState));

    private CatalogueActions() {}

    /** What a state's number stands for: several slots of the catalogue, or nothing. */
    static byte[] scsiState(int number) {
        byte[] state = new byte[number * 37 % 1900];
        new SplittableRandom(number).nextBytes(state);
        return state;
    }

    /**
     * One to all volumes at one instant, some by name. Several always with a name: without a
     * journal that is refused, and a group would not be frozen as a whole.
     */
    private static void createGroup(Workload workload) throws BackendException {
        List<SnapshotRequest> requests = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        Map<String, VolumeModel> after = workload.model().begin();
        for (Map.Entry<String, VolumeModel> volume : after.entrySet()) {
            VolumeModel model = volume.getValue();
            if (volume.getKey().equals(Workload.BALLAST)
                    || model.snapshots().size() >= SNAPSHOTS_MAX
                    || workload.random().nextInt(3) == 0) {
                continue;
            }
            int id = workload.store().volume(volume.getKey()).headSnapshotId();
            boolean named = !requests.isEmpty() || workload.random().nextBoolean();
            String name = named ? "s" + workload.stamps(1) : "";
            requests.add(
                    name.isEmpty()
                            ? SnapshotRequest.of(volume.getKey())
                            : SnapshotRequest.of(volume.getKey(), name));
            ids.add(id);
            model.flushed();
            model.snapshots()
                    .addFirst(new VolumeModel.Snapshot(id, name, model.live(), model.extents()));
        }
        if (requests.isEmpty()) {
            workload.model().undone();
            return;
        }
        workload.manage(() -> {
            if (!workload.store().createSnapshots(requests).equals(ids)) {
                throw new IllegalStateException("createSnapshots returned other ids");
            }
        });
        workload.model().flushed();
    }

    private static void renameSnapshot(Workload workload) throws BackendException {
        String volume = workload.anyVolume();
        if (volume == null || workload.model().volume(volume).snapshots().isEmpty()) {
            return;
        }
        VolumeModel after = workload.model().volume(volume).copy();
        int index = workload.random().nextInt(after.snapshots().size());
        VolumeModel.Snapshot old = after.snapshots().get(index);
        String name = "r" + workload.stamps(1);
        after.snapshots().set(index, old.named(name));
        workload.model().begin().put(volume, after);
        workload.manage(() -> workload.store().renameSnapshot(old.id(), name));
    }

    private static void label(Workload workload) throws BackendException {
        String volume = workload.anyVolume();
        if (volume == null) {
            return;
        }
        label(workload, volume, workload.random().nextInt(4) == 0);
    }

    static void label(Workload workload, String volume, boolean remove) throws BackendException {
        VolumeModel after = workload.model().volume(volume).copy();
        after.setLabel(remove ? "" : "l" + workload.stamps(1));
        workload.model().begin().put(volume, after);
        workload.manage(() ->
                workload.store()
                        .labelVolume(
                                volume,
                                remove ? Map.of() : Map.of(LABEL, after.label()),
                                remove ? Set.of(LABEL) : Set.of()));
    }

    private static void setScsiState(Workload workload) throws BackendException {
        String volume = workload.anyVolume();
        if (volume == null) {
            return;
        }
        VolumeModel after = workload.model().volume(volume).copy();
        after.setScsiState(workload.random().nextInt(4) == 0 ? 0 : workload.stamps(1));
        workload.model().begin().put(volume, after);
        workload.manage(() -> workload.store().setScsiState(volume, scsiState(after.scsiState())));
    }
}
