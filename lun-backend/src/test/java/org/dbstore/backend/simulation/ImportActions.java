package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.stream.SnapshotExport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Snapshots leave as streams and come back, in full and as increments. Needs the catalogue. */
final class ImportActions {
    private static final int VOLUMES_MAX = 4;

    /** No import needs more, so none is refused for want of space. */
    private static final int FREE_EXTENTS_MIN = 32;

    private static final int UNKNOWN_ID = -1;

    static final List<Action.Weighted> ALL =
            List.of(new Action.Weighted("import", 4, ImportActions::importStreams));

    private ImportActions() {}

    /** A whole snapshot becomes a volume; then, if there is another, what differs follows. */
    private static void importStreams(Workload workload) throws BackendException {
        String source = workload.anyVolume();
        DeviceInfo info = workload.store().info();
        if (source == null
                || workload.model().volume(source).snapshots().isEmpty()
                || workload.volumeCount() >= VOLUMES_MAX
                || info.totalExtents() - info.usedExtents() < FREE_EXTENTS_MIN) {
            return;
        }
        List<VolumeModel.Snapshot> snapshots = workload.model().volume(source).snapshots();
        SplittableRandom random = workload.random();
        VolumeModel.Snapshot base = snapshots.get(random.nextInt(snapshots.size()));
        VolumeModel.Snapshot next = snapshots.get(random.nextInt(snapshots.size()));
        String name = workload.newName();
        VolumeModel empty = new VolumeModel(base.extents());
        boolean done =
                importStream(
                        workload,
                        name,
                        export(workload.store(), source, base, OptionalInt.empty()),
                        empty,
                        base);
        if (done && next.id() != base.id() && next.extents() == base.extents()) {
            importStream(
                    workload,
                    name,
                    export(workload.store(), source, next, OptionalInt.of(base.id())),
                    workload.model().volume(name),
                    next);
        }
    }

    private static byte[] export(
            BlockStore store, String volume, VolumeModel.Snapshot snapshot, OptionalInt base)
            throws BackendException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try {
            new SnapshotExport(store, volume, snapshot.id(), base, ProgressListener.NONE)
                    .write(Channels.newChannel(stream), Optional.empty());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return stream.toByteArray();
    }

    /** Returns false if it was undone. */
    private static boolean importStream(
            Workload workload,
            String name,
            byte[] stream,
            VolumeModel before,
            VolumeModel.Snapshot snapshot)
            throws BackendException {
        VolumeModel after = before.copy();
        after.settle(snapshot.content());
        after.snapshots()
                .addFirst(
                        new VolumeModel.Snapshot(
                                UNKNOWN_ID, "", snapshot.content(), snapshot.extents()));
        ImportModel model = new ImportModel(name, stream, after);
        Map<String, VolumeModel> all = workload.model().begin(model, name, before);
        all.put(name, after);
        boolean done = run(workload, model, stream.length);
        if (done) {
            model.identify(workload.store());
            workload.model().done();
        } else {
            workload.model().undone();
        }
        workload.model().flushed();
        return done;
    }

    /** The stream may break off; then it is gone on with, or undone. */
    private static boolean run(Workload workload, ImportModel model, int bytes)
            throws BackendException {
        BlockStore store = workload.store();
        SplittableRandom random = workload.random();
        if (random.nextBoolean()) {
            model.run(store);
            return true;
        }
        try {
            model.run(store, random.nextInt(bytes));
            throw new IllegalStateException("an import ended without the end of its stream");
        } catch (IOException e) {
            if (!model.isThere(store) || !model.isPartial(store)) {
                model.run(store); // it did not come as far as the contents
            } else if (random.nextInt(3) == 0) {
                return !model.discard(store);
            } else if (!model.resume(store)) {
                throw new IllegalStateException("nobody undoes the import");
            }
            return true;
        }
    }
}
