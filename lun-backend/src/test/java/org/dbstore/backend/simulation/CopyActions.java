package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Volume;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What a copy offload does: blocks go from a volume or snapshot to a volume, on the device. */
final class CopyActions {
    private static final int BLOCK_SECTORS = 8;
    private static final int EXTENT_BLOCKS = VolumeModel.SECTORS_OF_EXTENT / BLOCK_SECTORS;
    private static final int BLOCKS_MAX = 4;

    static final List<Action.Weighted> ALL =
            List.of(new Action.Weighted("copy", 5, CopyActions::copy));

    private CopyActions() {}

    private static void copy(Workload workload) throws BackendException {
        String target = workload.anyVolume();
        String source = workload.anyVolume();
        if (target == null || source == null) {
            return;
        }
        SplittableRandom random = workload.random();
        VolumeModel to = workload.model().volume(target);
        VolumeModel from = workload.model().volume(source);
        VolumeModel.Snapshot snapshot =
                from.snapshots().isEmpty() || random.nextBoolean()
                        ? null
                        : from.snapshots().get(random.nextInt(from.snapshots().size()));
        int sourceExtents = snapshot == null ? from.extents() : snapshot.extents();
        Map<Integer, Integer> content = snapshot == null ? from.live() : snapshot.content();
        int sourceBlock =
                content.isEmpty() || random.nextInt(4) == 0
                        ? DataActions.anyBlock(random, sourceExtents)
                        : List.copyOf(content.keySet()).get(random.nextInt(content.size()))
                                / BLOCK_SECTORS;
        int targetBlock = DataActions.anyBlock(random, to.extents());
        int count =
                Math.min(
                        1 + random.nextInt(BLOCKS_MAX),
                        Math.min(
                                sourceExtents * EXTENT_BLOCKS - sourceBlock,
                                to.extents() * EXTENT_BLOCKS - targetBlock));
        boolean itself = snapshot == null && source.equals(target);
        if (itself && Math.abs(sourceBlock - targetBlock) < count) {
            return; // they must not overlap
        }
        copy(workload, target, source, snapshot, sourceBlock, targetBlock, count);
    }

    /**
     * Copies.
     *
     * @param snapshot of the source; null for its head
     */
    static void copy(
            Workload workload,
            String target,
            String source,
            VolumeModel.@Nullable Snapshot snapshot,
            int sourceBlock,
            int targetBlock,
            int count)
            throws BackendException {
        VolumeModel to = workload.model().volume(target);
        Map<Integer, Integer> content =
                snapshot == null ? workload.model().volume(source).live() : snapshot.content();
        int first = targetBlock * BLOCK_SECTORS;
        for (int i = 0; i < count * BLOCK_SECTORS; i++) {
            to.writing(first + i, content.getOrDefault(sourceBlock * BLOCK_SECTORS + i, 0));
        }
        workload.change(
                target,
                volume -> {
                    Volume.Copied copied =
                            copy(
                                    workload.store(),
                                    source,
                                    snapshot,
                                    volume,
                                    sourceBlock,
                                    first,
                                    count);
                    int done = (int) (copied.bytes() / SimulatedDevice.SECTOR);
                    for (int i = 0; i < count * BLOCK_SECTORS; i++) {
                        if (i >= done) {
                            to.refused(first + i);
                        } else if (!copied.uncommitted()) {
                            to.harden(first + i);
                        }
                    }
                },
                () -> {
                    throw new IllegalStateException("a copy ends before there is no space");
                });
    }

    private static Volume.Copied copy(
            BlockStore store,
            String sourceName,
            VolumeModel.@Nullable Snapshot snapshot,
            Volume target,
            int sourceBlock,
            int firstSector,
            int count)
            throws BackendException {
        Volume source =
                snapshot == null ? store.openVolume(sourceName) : store.openSnapshot(snapshot.id());
        try {
            return target.copyFrom(
                    source,
                    (long) sourceBlock * BLOCK_SECTORS * SimulatedDevice.SECTOR,
                    (long) firstSector * SimulatedDevice.SECTOR,
                    (long) count * BLOCK_SECTORS * SimulatedDevice.SECTOR);
        } finally {
            store.release(source);
        }
    }
}
