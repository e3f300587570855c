package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/** What a snapshot may be called, and whom a name means. With the management lock held. */
final class SnapshotNames {
    private final Management management;

    SnapshotNames(Management management) {
        this.management = management;
    }

    /** Refuses a name that "volume@name" cannot take, or that would be taken for an id. */
    static void check(String name) throws BackendException {
        VolumeNames.check("snapshot", name);
        if (name.codePoints().allMatch(Character::isDigit)) {
            throw new BackendException(
                    BackendError.INVALID,
                    "the snapshot name \"" + name + "\" has digits alone, which means an id");
        }
    }

    /** Refuses a name that another snapshot of the volume has. */
    void checkUnused(VolumeRecord volume, String name) throws BackendException {
        if (named(volume, name) != null) {
            throw new BackendException(
                    BackendError.ALREADY_EXISTS,
                    "there is a snapshot %s@%s already".formatted(volume.title(), name));
        }
    }

    /**
     * Finds a frozen snapshot.
     *
     * @param nameOrId as written behind '@'
     * @throws BackendException {@link BackendError#NOT_FOUND}
     */
    Layer find(VolumeRecord volume, String nameOrId) throws BackendException {
        Layer found = named(volume, nameOrId);
        if (found == null && nameOrId.matches("[0-9]{1,5}")) {
            int id = Integer.parseInt(nameOrId);
            for (Layer layer : snapshots(volume)) {
                found = layer.id() == id ? layer : found;
            }
        }
        if (found == null) {
            throw new BackendException(
                    BackendError.NOT_FOUND,
                    "volume %s has no snapshot %s".formatted(volume.title(), nameOrId));
        }
        return found;
    }

    private @Nullable Layer named(VolumeRecord volume, String name) {
        for (Layer layer : snapshots(volume)) {
            if (layer.facts().name().equals(Optional.of(name))) {
                return layer;
            }
        }
        return null;
    }

    private List<Layer> snapshots(VolumeRecord volume) {
        return new LayerTree(management.directory())
                .layersOf(volume, false).stream()
                        .filter(layer -> layer.id() != volume.headId())
                        .toList();
    }
}
