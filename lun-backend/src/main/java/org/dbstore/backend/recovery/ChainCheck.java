package org.dbstore.backend.recovery;

import org.dbstore.backend.Problem;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.LayerTree;
import org.dbstore.backend.operation.VolumeRecord;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Walks the chain of each volume once. A cycle, a layer that is not there, or one that two volumes
 * claim keeps the volumes concerned from being served. On a device with branches several may claim
 * a layer that none writes to.
 */
final class ChainCheck {
    private final Directory directory;
    private final Findings findings;
    private final Map<Integer, VolumeRecord> ownerOf = new HashMap<>();

    ChainCheck(Directory directory, Findings findings) {
        this.directory = directory;
        this.findings = findings;
    }

    /** Runs the check. */
    void run() {
        for (VolumeRecord volume : directory.volumes()) {
            checkSize(volume);
            walk(volume);
        }
        for (Layer layer : directory.layers()) {
            int parent = layer.entry().parentId();
            if (parent != 0 && directory.layer(parent) == null) {
                directory.reserveId(parent); // a new layer with this id would show through
            }
        }
    }

    /**
     * Once the facts of all layers are known: nothing that a volume writes to may be the parent of
     * somebody's snapshot, which would change with it. A power loss leaves such a parent only to
     * layers that nobody knows yet.
     */
    void runKnowingFacts() {
        Map<Integer, VolumeRecord> heads = new HashMap<>();
        directory.volumes().forEach(volume -> heads.put(volume.headId(), volume));
        for (Layer layer : directory.layers()) {
            VolumeRecord writing = heads.get(layer.entry().parentId());
            if (writing != null && layer.facts().owner().isPresent()) {
                breakChain(
                        writing,
                        "its head, snapshot %d, is the parent of snapshot %d"
                                .formatted(writing.headId(), layer.id()));
            }
        }
    }

    /** Ids of layers that are of use, once the facts of all are known. */
    static BitSet attached(Directory directory) {
        LayerTree tree = new LayerTree(directory);
        BitSet attached = new BitSet();
        for (Layer layer : directory.layers()) {
            attached.set(layer.id(), tree.isAttached(layer.id()));
        }
        return attached;
    }

    private void checkSize(VolumeRecord volume) {
        long size = volume.sizeBytes();
        if (size <= 0 || size > Geometry.VOLUME_BYTES_MAX || size % Geometry.EXTENT_BYTES != 0) {
            String reason = "its size cannot be " + Long.toUnsignedString(size) + " bytes";
            volume.setDamage(reason);
            report(volume, reason);
        }
    }

    private void walk(VolumeRecord volume) {
        int id = volume.headId();
        int child = 0;
        BitSet seen = new BitSet();
        while (id != 0) {
            Layer layer = directory.layer(id);
            VolumeRecord other = ownerOf.get(id);
            if (layer == null) {
                directory.reserveId(id); // a new layer with this id would get into this chain
                breakChain(
                        volume,
                        child == 0
                                ? "its head, snapshot " + id + ", is not there"
                                : "snapshot %d, parent of %d, is not there".formatted(id, child));
                return;
            }
            if (seen.get(id)) {
                breakChain(
                        volume,
                        "the parents of its snapshots go in a circle (%d, %d)"
                                .formatted(child, id));
                return;
            }
            if (other != null && !isShareable(id)) {
                breakChain(volume, "snapshot " + id + " belongs to " + other.title() + " as well");
                breakChain(other, "snapshot " + id + " belongs to " + volume.title() + " as well");
                return;
            }
            seen.set(id);
            ownerOf.put(id, volume);
            child = id;
            id = layer.entry().parentId();
        }
    }

    private boolean isShareable(int id) {
        return directory.isBranched() && directory.volumeOfHead(id) == null;
    }

    private void breakChain(VolumeRecord volume, String reason) {
        volume.setChainBroken(reason);
        report(volume, reason);
    }

    private void report(VolumeRecord volume, String reason) {
        findings.add(
                Problem.VOLUME_REFUSED,
                "volume " + volume.title(),
                Geometry.volumeEntryOffset(volume.slot()),
                "volume %s is not served: %s".formatted(volume.title(), reason));
    }
}
