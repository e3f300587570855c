package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.extent.ViewBuilder;
import org.dbstore.backend.format.Geometry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Describes volumes and snapshots for people; sizes are those of a moment. */
public final class Inventory {
    private final Management management;

    /**
     * Creates the description.
     *
     * @param management of the store
     */
    public Inventory(Management management) {
        this.management = management;
    }

    /**
     * Describes all volumes.
     *
     * @return in slot order
     */
    public List<VolumeInfo> volumes() {
        management.lock().lock();
        try {
            return describe(management.directory().volumes());
        } finally {
            management.lock().unlock();
        }
    }

    /**
     * Describes one volume.
     *
     * @param name of the volume, or "#slot"
     * @return its description
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    public VolumeInfo volume(String name) throws BackendException {
        return management.locked(
                () -> describe(List.of(management.directory().volume(name))).getFirst());
    }

    /**
     * Describes the layers of a volume, without those that it shares but are another's.
     *
     * @param volumeName of the volume, or "#slot"
     * @return head first, then its chain, then what rollbacks have left beside that
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    public List<SnapshotInfo> snapshots(String volumeName) throws BackendException {
        return management.locked(() -> {
            VolumeRecord volume = management.directory().volume(volumeName);
            List<Layer> layers = new LayerTree(management.directory()).layersOf(volume, false);
            long[] extents = new long[layers.stream().mapToInt(Layer::id).max().orElse(0) + 1];
            management
                    .parts()
                    .table()
                    .scan((extent, owner, position) -> {
                        if (owner < extents.length) {
                            extents[owner]++;
                        }
                    });
            return layers.stream()
                    .map(layer -> describe(volume, layer, extents[layer.id()]))
                    .toList();
        });
    }

    /**
     * Finds a frozen snapshot.
     *
     * @param volumeName of the volume, or "#slot"
     * @param nameOrId of the snapshot
     * @return its id
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    public int snapshotId(String volumeName, String nameOrId) throws BackendException {
        return management.locked(() -> {
            VolumeRecord volume = management.directory().volume(volumeName);
            return new SnapshotNames(management).find(volume, nameOrId).id();
        });
    }

    /**
     * Finds the slot of a volume; costs much less than its description.
     *
     * @param name of the volume, or "#slot"
     * @return 0..255
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    public int slot(String name) throws BackendException {
        return management.locked(() -> management.directory().volume(name).slot());
    }

    private SnapshotInfo describe(VolumeRecord volume, Layer layer, long ownExtents) {
        SnapshotFacts facts = layer.facts();
        return new SnapshotInfo(
                layer.id(),
                layer.entry().parentId(),
                facts.createdAt().orElseGet(() -> writtenSince(layer)),
                layer.id() == volume.headId(),
                ownExtents,
                new Records(management).uuid(volume, layer),
                facts.name(),
                layer.sizeBytes(volume.sizeBytes()),
                facts.labels());
    }

    private List<VolumeInfo> describe(List<VolumeRecord> volumes) {
        List<ViewBuilder.Chain> chains = new ArrayList<>();
        for (VolumeRecord volume : volumes) {
            // A damaged volume shows nothing; its size may be nonsense.
            chains.add(
                    volume.damage() == null
                            ? new ViewBuilder.Chain(
                                    management.directory().chainIds(volume.headId()),
                                    volume.sizeBytes() / Geometry.EXTENT_BYTES)
                            : new ViewBuilder.Chain(new int[0], 1));
        }
        ExtentTable table = management.parts().table();
        List<ExtentMap> maps = new ViewBuilder(table).survey(chains);
        LayerTree tree = new LayerTree(management.directory());
        List<VolumeInfo> result = new ArrayList<>();
        for (int i = 0; i < volumes.size(); i++) {
            List<Layer> layers = tree.layersOf(volumes.get(i), false);
            result.add(describe(volumes.get(i), layers, mappedBytes(table, maps.get(i))));
        }
        return result;
    }

    private static VolumeInfo describe(VolumeRecord volume, List<Layer> layers, long mappedBytes) {
        return new VolumeInfo(
                volume.slot(),
                volume.name(),
                volume.sizeBytes(),
                volume.headId(),
                layers.isEmpty() ? Instant.EPOCH : writtenSince(layers.getFirst()),
                layers.size(),
                mappedBytes,
                volume.facts().uuid(),
                volume.facts().createdAt(),
                volume.facts().labels());
    }

    private static long mappedBytes(ExtentTable table, ExtentMap map) {
        long blocks = 0;
        long end = map.positionCount();
        for (long at = map.nextMapped(0, end); at < end; at = map.nextMapped(at + 1, end)) {
            blocks += table.mappedCount(map.get(at));
        }
        return blocks * Geometry.BLOCK_BYTES;
    }

    private static Instant writtenSince(Layer layer) {
        long seconds = layer.entry().unmarked().createdAt();
        return Instant.ofEpochSecond(Math.min(seconds, Instant.MAX.getEpochSecond()));
    }
}
