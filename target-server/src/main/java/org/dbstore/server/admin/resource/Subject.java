package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.server.admin.http.Refusal;

import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume as it is, or one of its snapshots; open only while it is used.
 *
 * @param store the device
 * @param volume name of the volume, empty for a snapshot
 * @param snapshotId of the snapshot
 */
record Subject(BlockStore store, String volume, int snapshotId) {
    /** Uses an open volume. */
    @FunctionalInterface
    interface Use<T> {
        T with(Volume volume) throws BackendException, Refusal, IOException;
    }

    static Subject volume(BlockStore store, String name) {
        return new Subject(store, name, 0);
    }

    static Subject snapshot(BlockStore store, int id) {
        return new Subject(store, "", id);
    }

    /**
     * Finds what another request names.
     *
     * @param reference VOLUME, VOLUME@SNAPSHOT or the identity of one
     */
    static Subject find(BlockStore store, String reference) throws BackendException {
        Optional<UUID> uuid = uuid(reference);
        if (uuid.isPresent()) {
            return find(store, uuid.get());
        }
        int at = reference.lastIndexOf('@');
        return at < 0
                ? volume(store, reference)
                : snapshot(
                        store,
                        snapshotId(store, reference.substring(0, at), reference.substring(at + 1)));
    }

    private static Subject find(BlockStore store, UUID uuid) throws BackendException {
        for (VolumeInfo volume : store.volumes()) {
            String slot = "#" + volume.slot();
            if (volume.uuid().equals(uuid)) {
                return volume(store, slot);
            }
            for (SnapshotInfo snapshot : store.snapshots(slot)) {
                if (!snapshot.head() && snapshot.uuid().equals(uuid)) {
                    return snapshot(store, snapshot.id());
                }
            }
        }
        throw new BackendException(
                BackendError.NOT_FOUND, "there is no volume or snapshot " + uuid);
    }

    private static Optional<UUID> uuid(String text) {
        return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    /** A layer by its number, or a frozen snapshot of a volume by its name. */
    static int snapshotId(BlockStore store, String volume, String nameOrId)
            throws BackendException {
        return nameOrId.matches("[1-9][0-9]{0,4}")
                ? Integer.parseInt(nameOrId)
                : store.snapshotId(volume, nameOrId);
    }

    <T> T use(Use<T> use) throws BackendException, Refusal, IOException {
        Volume open = volume.isEmpty() ? store.openSnapshot(snapshotId) : store.openVolume(volume);
        try {
            return use.with(open);
        } finally {
            store.release(open);
        }
    }
}
