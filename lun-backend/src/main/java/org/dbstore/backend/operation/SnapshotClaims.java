package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.commit.Transaction;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes records for snapshots that have none, because they are older than the catalogue: whose
 * they are and how large they are must not depend on what becomes of the volume.
 */
final class SnapshotClaims {
    /** Records written by one commit. */
    private static final int RECORDS_PER_COMMIT = 64;

    private final Management management;

    SnapshotClaims(Management management) {
        this.management = management;
    }

    /**
     * Writes what is missing for the snapshots of a volume. The caller holds its operations.
     *
     * @return false if there is no room for a catalogue and so the volume has snapshots without
     */
    boolean claim(VolumeRecord volume) throws BackendException {
        List<Layer> unrecorded = management.locked(() -> unrecorded(volume));
        for (int from = 0; from < unrecorded.size(); from += RECORDS_PER_COMMIT) {
            int to = Math.min(unrecorded.size(), from + RECORDS_PER_COMMIT);
            List<Layer> part = unrecorded.subList(from, to);
            if (!management.locked(() -> record(volume, part))) {
                return false;
            }
        }
        return true;
    }

    private List<Layer> unrecorded(VolumeRecord volume) {
        return new LayerTree(management.directory())
                .layersOf(volume, true).stream()
                        .filter(layer -> layer.id() != volume.headId())
                        .filter(layer ->
                                layer.facts().owner().isEmpty() || layer.facts().sizeBytes() == 0)
                        .toList();
    }

    private boolean record(VolumeRecord volume, List<Layer> layers) throws BackendException {
        if (!management.catalogue().ensure()) {
            return false;
        }
        Records records = new Records(management);
        Transaction recording = new Transaction();
        List<SnapshotFacts> written = new ArrayList<>();
        for (Layer layer : layers) {
            SnapshotFacts facts =
                    layer.facts()
                            .identified(records.uuid(volume, layer), volume.facts().uuid())
                            .withSizeBytes(layer.sizeBytes(volume.sizeBytes()));
            written.add(records.put(recording, volume, layer, facts));
        }
        management.commit(recording);
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).setFacts(written.get(i));
        }
        return true;
    }
}
