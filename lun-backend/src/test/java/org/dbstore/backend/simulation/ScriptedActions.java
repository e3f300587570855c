package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;

import java.util.ArrayList;
import java.util.List;

/**
 * The operations of exhaustive runs: on a volume of two extents with a snapshot, so that each has
 * something to do from the start.
 */
final class ScriptedActions {
    private static final String VOLUME = "a";
    private static final String COPY = "b";
    private static final int SECOND_EXTENT = VolumeModel.SECTORS_OF_EXTENT;

    static final List<Action.Weighted> ALL =
            List.of(
                    named("overwrite", w -> write(w, 0, 1)),
                    named("write", w -> write(w, 8 * (1 + w.stamps(1) % 9), 1)),
                    named("write-fresh", w -> write(w, SECOND_EXTENT + 8 * w.stamps(1), 2)),
                    named("write-through", w -> writeThrough(w, 0, 1)),
                    named("write-fresh-through", w -> writeThrough(w, SECOND_EXTENT, 2)),
                    named("unmap", ScriptedActions::unmap),
                    named("zero", ScriptedActions::zero),
                    named("copy", ScriptedActions::copy),
                    named("flush", ScriptedActions::flush),
                    named("snapshot", ScriptedActions::createSnapshot),
                    named("delete-snapshot", ScriptedActions::deleteSnapshot),
                    named("clone", ScriptedActions::toggleClone),
                    named("linked-clone", ScriptedActions::toggleLinkedClone),
                    named("flatten", w -> TreeActions.flatten(w, w.anyVolumeBut(COPY))),
                    named("rollback", ScriptedActions::rollback),
                    named("resize", ScriptedActions::resize),
                    named("label", w -> CatalogueActions.label(w, w.anyVolumeBut(COPY), false)),
                    named("vacuum", VacuumActions::vacuum),
                    named("rename", ScriptedActions::rename));

    private ScriptedActions() {}

    private static Action.Weighted named(String name, Action action) {
        return new Action.Weighted(name, 1, action);
    }

    /** All sequences of a length. */
    static List<List<Action.Weighted>> sequences(int length) {
        List<List<Action.Weighted>> sequences = new ArrayList<>();
        if (length == 0) {
            sequences.add(List.of());
            return sequences;
        }
        for (List<Action.Weighted> shorter : sequences(length - 1)) {
            for (Action.Weighted action : ALL) {
                List<Action.Weighted> longer = new ArrayList<>(shorter);
                longer.add(action);
                sequences.add(longer);
            }
        }
        return sequences;
    }

    /** Makes what the operations work on, all of it durable. */
    static void prepare(Workload workload) throws BackendException {
        workload.model().begin().put(VOLUME, new VolumeModel(2));
        workload.manage(() -> workload.store().createVolume(VOLUME, 2 << 20));
        write(workload, 0, 1);
        write(workload, 16, 1);
        createSnapshot(workload);
        write(workload, 16, 1);
        flush(workload);
    }

    private static void write(Workload workload, int sector, int count) throws BackendException {
        workload.write(workload.anyVolumeBut(COPY), sector, count, false);
    }

    private static void writeThrough(Workload workload, int sector, int count)
            throws BackendException {
        workload.write(workload.anyVolumeBut(COPY), sector, count, true);
    }

    private static void unmap(Workload workload) throws BackendException {
        String name = workload.anyVolumeBut(COPY);
        VolumeModel model = workload.model().volume(name);
        List<Integer> touched = new ArrayList<>(model.live().keySet());
        touched.removeIf(sector -> sector >= SECOND_EXTENT);
        touched.forEach(sector -> model.writing(sector, 0));
        workload.change(name, volume -> volume.unmap(0, 1 << 20), () -> {});
    }

    /** The first two blocks, as a write. */
    private static void zero(Workload workload) throws BackendException {
        String name = workload.anyVolumeBut(COPY);
        VolumeModel model = workload.model().volume(name);
        List<Integer> touched = new ArrayList<>(model.live().keySet());
        touched.removeIf(sector -> sector >= 16);
        touched.forEach(sector -> model.writing(sector, 0));
        workload.change(name, volume -> volume.writeZeroes(0, 8192), () -> {});
    }

    /** A block that the snapshot has, to where it has none. */
    private static void copy(Workload workload) throws BackendException {
        String name = workload.anyVolumeBut(COPY);
        CopyActions.copy(workload, name, name, null, 2, 256, 1);
    }

    private static void flush(Workload workload) throws BackendException {
        workload.change(workload.anyVolumeBut(COPY), volume -> volume.flush(), () -> {});
        workload.model().flushed();
    }

    private static void createSnapshot(Workload workload) throws BackendException {
        ManagementActions.createSnapshot(workload, workload.anyVolumeBut(COPY));
    }

    private static void deleteSnapshot(Workload workload) throws BackendException {
        String name = workload.anyVolumeBut(COPY);
        if (!workload.model().volume(name).snapshots().isEmpty()) {
            ManagementActions.deleteSnapshot(workload, name, 0);
        }
    }

    /** Makes the copy, or deletes it. */
    private static void toggleClone(Workload workload) throws BackendException {
        if (!deleteCopy(workload)) {
            ManagementActions.clone(workload, workload.anyVolumeBut(COPY), false, COPY);
        }
        workload.model().flushed();
    }

    private static void toggleLinkedClone(Workload workload) throws BackendException {
        VolumeModel source = workload.model().volume(workload.anyVolumeBut(COPY));
        if (!deleteCopy(workload) && !source.snapshots().isEmpty()) {
            TreeActions.linkClone(workload, source.snapshots().getFirst(), COPY);
        }
    }

    private static boolean deleteCopy(Workload workload) throws BackendException {
        if (!workload.model().volumes().containsKey(COPY)) {
            return false;
        }
        workload.model().begin().remove(COPY);
        workload.manage(() -> workload.store().deleteVolume(COPY));
        return true;
    }

    private static void rollback(Workload workload) throws BackendException {
        String name = workload.anyVolumeBut(COPY);
        List<VolumeModel.Snapshot> snapshots = workload.model().volume(name).snapshots();
        if (!snapshots.isEmpty()) {
            TreeActions.rollback(workload, name, snapshots.getFirst(), false);
        }
    }

    /** One extent more, or less again. */
    private static void resize(Workload workload) throws BackendException {
        String name = workload.anyVolumeBut(COPY);
        if (workload.model().volume(name).extents() == 2) {
            TreeActions.grow(workload, name, 1);
        } else {
            TreeActions.shrink(workload, name, 2);
        }
    }

    private static void rename(Workload workload) throws BackendException {
        ManagementActions.rename(workload, workload.anyVolumeBut(COPY), workload.newName());
    }
}
