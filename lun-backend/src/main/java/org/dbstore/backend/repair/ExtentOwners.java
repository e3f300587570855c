package org.dbstore.backend.repair;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.LayerTree;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.VolumeRecord;
import org.dbstore.backend.recovery.DeviceOpener;
import org.dbstore.backend.recovery.Purpose;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose each extent is, according to one copy of the metadata: not only by id, which may be another
 * layer's later.
 */
final class ExtentOwners {
    private static final UUID NOBODY = new UUID(0, 0);

    private final Map<Integer, Use> uses = new HashMap<>();

    /** What an extent is used for. */
    private record Use(int owner, long createdAt, UUID volume, long position) {}

    private ExtentOwners() {}

    /**
     * Reads them.
     *
     * @param image of a device
     * @return empty if the tables cannot be believed
     * @throws BackendException {@link BackendError#IO}
     */
    static Optional<ExtentOwners> of(MetadataImage image) throws BackendException {
        Management management;
        try {
            management =
                    DeviceOpener.open(image, OpenOptions.READ_ONLY, new UUID(0, 0), Purpose.CHECK)
                            .management();
        } catch (BackendException e) {
            if (e.error() == BackendError.CORRUPT || e.error() == BackendError.NOT_A_STORE) {
                return Optional.empty();
            }
            throw e;
        }
        ExtentOwners owners = new ExtentOwners();
        Directory directory = management.directory();
        Map<Integer, UUID> volumes = volumes(directory);
        management
                .parts()
                .table()
                .scan((extent, owner, position) -> {
                    Layer layer = directory.layer(owner);
                    long createdAt = layer == null ? 0 : layer.entry().unmarked().createdAt();
                    UUID volume = volumes.getOrDefault(owner, NOBODY);
                    owners.uses.put(extent, new Use(owner, createdAt, volume, position));
                });
        ReservedExtents reserved = management.parts().commits().reserved();
        if (reserved != null) {
            for (ReservedExtents.Kept kept : reserved.all()) {
                owners.uses.put(
                        kept.extent(), new Use(ReservedExtents.OWNER, 0, NOBODY, kept.kind()));
            }
        }
        return Optional.of(owners);
    }

    /** Whose each layer is: times are of seconds, within which an id may become another's. */
    private static Map<Integer, UUID> volumes(Directory directory) {
        LayerTree tree = new LayerTree(directory);
        Map<Integer, UUID> result = new HashMap<>();
        for (Layer layer : directory.layers()) {
            List<VolumeRecord> volumes = tree.volumes(layer.id());
            UUID volume =
                    volumes.size() == 1
                            ? volumes.getFirst().facts().uuid()
                            : layer.facts().owner().orElse(NOBODY);
            result.put(layer.id(), volume);
        }
        return result;
    }

    /** Counts the extents that are used here, and otherwise or not at all there. */
    int countDifferent(ExtentOwners other) {
        int count = 0;
        for (Map.Entry<Integer, Use> each : uses.entrySet()) {
            if (!each.getValue().equals(other.uses.get(each.getKey()))) {
                count++;
            }
        }
        return count;
    }
}
