package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.catalogue.BlockSource;
import org.dbstore.backend.catalogue.Catalogue;
import org.dbstore.backend.catalogue.CatalogueSpace;
import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.VolumeRecord;

import java.util.UUID;

/**
 * Gives volumes and layers what the catalogue has of them. A volume whose record cannot be read is
 * not served, nor one without a record if a block is damaged: it would be shown under an identity
 * that is not its own.
 */
final class CatalogueReading {
    private final Directory directory;
    private final UUID deviceId;
    private final UUID bootId;
    private final Findings findings;

    CatalogueReading(Directory directory, UUID deviceId, UUID bootId, Findings findings) {
        this.directory = directory;
        this.deviceId = deviceId;
        this.bootId = bootId;
        this.findings = findings;
    }

    Catalogue run(CatalogueSpace space, Geometry geometry, BlockSource source)
            throws BackendException {
        Catalogue catalogue = Catalogue.load(space, geometry, source, deviceId);
        findings.addAll(catalogue.findings());
        for (VolumeRecord volume : directory.volumes()) {
            try {
                readVolume(catalogue, volume);
            } catch (BackendException e) {
                damage(volume, String.valueOf(e.getMessage()));
            }
        }
        for (Layer layer : directory.layers()) {
            if (layer.facts().equals(SnapshotFacts.NONE) && !layer.isHidden()) {
                readBeside(catalogue, layer);
            }
        }
        return catalogue;
    }

    /** Layers that a rollback has left beside all chains. */
    private void readBeside(Catalogue catalogue, Layer layer) {
        try {
            catalogue.snapshot(layer.id(), layer.entry().createdAt()).ifPresent(layer::setFacts);
        } catch (BackendException e) {
            findings.add(
                    Problem.CATALOGUE_LOST,
                    "snapshot " + layer.id(),
                    "snapshot %d: %s".formatted(layer.id(), e.getMessage()));
        }
    }

    private void readVolume(Catalogue catalogue, VolumeRecord volume) throws BackendException {
        VolumeFacts facts = catalogue.volume(volume.slot(), volume.name()).orElse(null);
        if (facts == null && catalogue.isDamaged()) {
            damage(volume, "its record may have been in a damaged block of the catalogue");
            return;
        }
        volume.setFacts(facts == null ? VolumeFacts.derived(deviceId, volume.name()) : facts);
        readDirtyMark(catalogue, volume, facts != null);
        for (Layer layer : directory.chain(volume.headId())) {
            long tableTime = layer.entry().unmarked().createdAt();
            SnapshotFacts known = catalogue.snapshot(layer.id(), tableTime).orElse(null);
            if (known != null) {
                layer.setFacts(known);
            } else if (layer.id() != volume.headId()
                    && !layer.isHidden()
                    && catalogue.isDamaged()) {
                damage(
                        volume,
                        ("the record of its snapshot %d may have been in a damaged block of the"
                                        + " catalogue")
                                .formatted(layer.id()));
            }
        }
    }

    /** A mark counts with the record of its volume alone: without, it is of one that is gone. */
    private void readDirtyMark(Catalogue catalogue, VolumeRecord volume, boolean recorded)
            throws BackendException {
        UUID mark = catalogue.dirtyMark(volume.slot()).orElse(null);
        if (mark == null || !recorded) {
            return;
        }
        if (mark.equals(bootId)) {
            volume.setDirty(true);
        } else {
            volume.setDirtyAtCrash();
            findings.add(
                    Problem.LOST_WRITES,
                    "volume " + volume.title(),
                    ("volume %s had acknowledged writes that were not durable when the system went"
                                    + " down")
                            .formatted(volume.title()));
        }
    }

    private void damage(VolumeRecord volume, String reason) {
        if (volume.damage() == null) {
            volume.setDamage(reason);
            findings.add(
                    Problem.IDENTITY_LOST,
                    "volume " + volume.title(),
                    "volume %s is not served: %s".formatted(volume.title(), reason));
        }
    }
}
