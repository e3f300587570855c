package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.space.LayerForest;
import org.dbstore.backend.space.SpaceReport;
import org.dbstore.backend.space.SpaceSurvey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Tells who uses how much, and what a deletion wins; of this moment. */
public final class SpaceAccounting {
    private final Management management;
    private final Directory directory;

    /**
     * Creates the accounting.
     *
     * @param management of the store
     */
    public SpaceAccounting(Management management) {
        this.management = management;
        this.directory = management.directory();
    }

    /**
     * Shares out the device.
     *
     * @return all of it
     * @throws BackendException never; as other operations
     */
    public SpaceInfo device() throws BackendException {
        return management.locked(() -> {
            Accounts accounts = new Accounts();
            SpaceReport report = accounts.survey.report();
            List<SpaceInfo.VolumeSpace> volumes = new ArrayList<>();
            for (VolumeRecord volume : directory.volumes()) {
                volumes.add(accounts.describe(volume, report));
            }
            long total = management.parts().geometry().usableExtents();
            long free = management.parts().allocator().freeCount();
            return new SpaceInfo(
                    bytes(total),
                    bytes(report.used()),
                    bytes(free),
                    bytes(total - free - report.used()),
                    bytes(report.shared()),
                    bytes(
                            report.unreferenced()
                                    + report.exclusiveByVolume()[SpaceSurvey.NO_VOLUME]),
                    bytes(report.lost()),
                    volumes);
        });
    }

    /**
     * Tells what the deletion of a volume with its snapshots wins.
     *
     * @param name of the volume, or "#slot"
     * @return bytes
     * @throws BackendException {@link org.dbstore.backend.BackendError#NOT_FOUND}, {@link
     *     org.dbstore.backend.BackendError#INVALID}
     */
    public long freedByDeletingVolume(String name) throws BackendException {
        return management.locked(() -> {
            Accounts accounts = new Accounts();
            return bytes(accounts.survey.freedBy(accounts.layersOf(directory.volume(name))));
        });
    }

    /**
     * Tells what the deletion of a snapshot wins.
     *
     * @param id of the snapshot
     * @return bytes
     * @throws BackendException {@link org.dbstore.backend.BackendError#NOT_FOUND}, {@link
     *     org.dbstore.backend.BackendError#BUSY} if it is being deleted
     */
    public long freedByDeletingSnapshot(int id) throws BackendException {
        return management.locked(() -> {
            BitSet one = new BitSet();
            one.set(management.layer(id).id());
            return bytes(new Accounts().survey.freedBy(one));
        });
    }

    private static long bytes(long extents) {
        return extents * Geometry.EXTENT_BYTES;
    }

    /** The device at one moment; the management lock is held. */
    private final class Accounts {
        private final int[] owners = new int[Geometry.SNAPSHOT_ID_MAX + 1];
        private final long[] ownExtents = new long[Geometry.SNAPSHOT_ID_MAX + 1];
        private final SpaceSurvey survey;

        Accounts() {
            findOwners();
            LayerForest forest = new LayerForest();
            BitSet heads = new BitSet();
            directory.volumes().forEach(volume -> heads.set(volume.headId()));
            for (int id = 1; id < owners.length; id++) {
                Layer layer = directory.layer(id);
                if (layer != null) {
                    forest.add(
                            id,
                            layer.entry().parentId(),
                            owners[id],
                            !layer.entry().isMarked(),
                            heads.get(id));
                }
            }
            survey = new SpaceSurvey(forest);
            ExtentTable table = management.parts().table();
            table.scanAtOnce((extent, owner, position) -> {
                ownExtents[owner]++;
                survey.add(owner, position, table.mappedCount(extent));
            });
        }

        /** A head is its volume's, a snapshot whose the catalogue says, or whose chain has it. */
        private void findOwners() {
            Arrays.fill(owners, SpaceSurvey.NO_VOLUME);
            Map<UUID, Integer> slots = new HashMap<>();
            for (VolumeRecord volume : directory.volumes()) {
                slots.put(volume.facts().uuid(), volume.slot());
                for (int id : directory.chainIds(volume.headId())) {
                    owners[id] = Math.min(owners[id], volume.slot());
                }
            }
            for (int id = 1; id < owners.length; id++) {
                Layer layer = directory.layer(id);
                if (layer != null && layer.facts().owner().isPresent()) {
                    owners[id] = slots.getOrDefault(layer.facts().owner().get(), owners[id]);
                }
            }
            directory.volumes().forEach(volume -> owners[volume.headId()] = volume.slot());
        }

        BitSet layersOf(VolumeRecord volume) {
            BitSet layers = new BitSet();
            for (int id = 1; id < owners.length; id++) {
                if (owners[id] == volume.slot()) {
                    layers.set(id);
                }
            }
            return layers;
        }

        SpaceInfo.VolumeSpace describe(VolumeRecord volume, SpaceReport report) {
            int headId = volume.headId();
            List<SpaceInfo.LayerSpace> layers = new ArrayList<>();
            describe(volume, headId, report, layers);
            int[] chain = directory.chainIds(headId);
            BitSet own = layersOf(volume);
            own.clear(headId);
            for (int id : chain) { // the newest first, then what hangs beside the chain
                if (own.get(id)) {
                    describe(volume, id, report, layers);
                    own.clear(id);
                }
            }
            own.stream().forEach(id -> describe(volume, id, report, layers));
            return new SpaceInfo.VolumeSpace(
                    volume.title(),
                    volume.slot(),
                    volume.sizeBytes(),
                    report.mappedBlocks()[headId] * Geometry.BLOCK_BYTES,
                    bytes(report.shownByLayer()[headId]),
                    bytes(report.exclusiveByVolume()[volume.slot()]),
                    bytes(report.sharedByLayer()[headId]),
                    layers);
        }

        private void describe(
                VolumeRecord volume,
                int id,
                SpaceReport report,
                List<SpaceInfo.LayerSpace> layers) {
            Layer layer = directory.layer(id);
            if (layer == null || layer.entry().isMarked()) {
                return;
            }
            boolean head = id == volume.headId();
            long freed = head ? 0 : freedBy(layer, report);
            layers.add(
                    new SpaceInfo.LayerSpace(
                            id,
                            layer.facts().name().orElse(Integer.toString(id)),
                            head,
                            report.mappedBlocks()[id] * Geometry.BLOCK_BYTES,
                            bytes(ownExtents[id]),
                            bytes(freed),
                            bytes(Math.max(0, report.shownByLayer()[id] - freed))));
        }

        /** Above a layer that waits to go, more may go with a snapshot than it alone holds. */
        private long freedBy(Layer layer, SpaceReport report) {
            Layer parent = directory.layer(layer.entry().parentId());
            if (parent == null || !parent.entry().isMarked()) {
                return report.freedByLayer()[layer.id()];
            }
            BitSet one = new BitSet();
            one.set(layer.id());
            return survey.freedBy(one);
        }
    }
}
