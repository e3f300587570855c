package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.Catalogue;
import org.dbstore.backend.catalogue.DerivedIds;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.commit.Transaction;

import java.util.UUID;

/**
 * Facts of volumes and layers as records of the catalogue. What has none gets its first with the
 * identity that it had without. All with the management lock held.
 */
public final class Records {
    private final Management management;
    private final Catalogue catalogue;

    /**
     * Creates the access.
     *
     * @param management of the store
     */
    public Records(Management management) {
        this.management = management;
        this.catalogue = management.catalogue();
    }

    /**
     * Returns the identity of a layer.
     *
     * @param volume that it belongs to
     * @param layer frozen, or its head
     * @return of the head the volume's
     */
    public UUID uuid(VolumeRecord volume, Layer layer) {
        VolumeFacts owner = volume.facts();
        return layer.id() == volume.headId()
                ? owner.uuid()
                : layer.facts()
                        .uuid()
                        .orElseGet(() ->
                                DerivedIds.snapshot(
                                        management.deviceId(), owner.firstName(), layer.id()));
    }

    /**
     * Writes the record of a volume that is made now, if the device has room for a catalogue.
     *
     * @param transaction gets the change
     * @param slot of the new volume
     * @param name of the new volume
     * @return what is known of it from then on
     * @throws BackendException {@link org.dbstore.backend.BackendError#NO_SPACE}
     */
    public VolumeFacts create(Transaction transaction, int slot, String name)
            throws BackendException {
        if (!catalogue.ensure()) {
            return VolumeFacts.derived(management.deviceId(), name);
        }
        catalogue.removeVolume(transaction, slot); // what a volume that is gone has left
        VolumeFacts facts = VolumeFacts.created(name, Management.instant());
        catalogue.putVolume(transaction, slot, name, facts);
        return facts;
    }

    /**
     * Writes the record of a volume.
     *
     * @param transaction gets the change
     * @param volume the facts are of
     * @param name it has from then on
     * @param facts it has from then on
     * @throws BackendException {@link org.dbstore.backend.BackendError#NO_SPACE}
     */
    public void put(Transaction transaction, VolumeRecord volume, String name, VolumeFacts facts)
            throws BackendException {
        if (!isKept(volume)) {
            catalogue.removeVolume(transaction, volume.slot()); // of a volume that is gone
        }
        catalogue.putVolume(transaction, volume.slot(), name, facts);
    }

    /**
     * Writes the record of a volume that has none: what else is put for it counts with that alone.
     *
     * @param transaction gets the change
     * @param volume the facts are of
     * @throws BackendException {@link org.dbstore.backend.BackendError#NO_SPACE}
     */
    public void keep(Transaction transaction, VolumeRecord volume) throws BackendException {
        if (!isKept(volume)) {
            put(transaction, volume, volume.name(), volume.facts());
        }
    }

    /**
     * Tells whether a volume has a record.
     *
     * @param volume any
     * @return false if its facts follow from its name
     * @throws BackendException {@link org.dbstore.backend.BackendError#CORRUPT}
     */
    public boolean isKept(VolumeRecord volume) throws BackendException {
        return catalogue.volume(volume.slot(), volume.name()).isPresent();
    }

    /**
     * Writes the record of a frozen layer, and its owner's if that has none.
     *
     * @param transaction gets the change
     * @param volume that the snapshot is of
     * @param layer frozen
     * @param facts it has from then on
     * @return the facts as written, with id and owner
     * @throws BackendException {@link org.dbstore.backend.BackendError#NO_SPACE}
     */
    public SnapshotFacts put(
            Transaction transaction, VolumeRecord volume, Layer layer, SnapshotFacts facts)
            throws BackendException {
        keep(transaction, volume);
        SnapshotFacts written =
                facts.uuid().isPresent()
                        ? facts
                        : facts.identified(uuid(volume, layer), volume.facts().uuid());
        long tableTime = layer.entry().unmarked().createdAt();
        catalogue.putSnapshot(transaction, layer.id(), tableTime, written);
        return written;
    }
}
