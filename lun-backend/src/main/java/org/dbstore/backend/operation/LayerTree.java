package org.dbstore.backend.operation;

import org.dbstore.backend.format.Geometry;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Who descends from whom, as it is at one moment. A layer that no chain has (a rollback leaves
 * such) is known to be a volume's, or leads to a layer that is, or to a chain. Whose a snapshot is,
 * the catalogue knows; without a record it may be of any volume that is in the same tree. Made,
 * used and thrown away with the management lock held.
 */
public final class LayerTree {
    private final Directory directory;
    private final Map<Integer, List<Layer>> children = new HashMap<>();
    private final Map<Integer, Set<Integer>> slots = new HashMap<>(); // whose chains have it
    private final Map<Integer, Integer> roots = new HashMap<>(); // of what is attached
    private final Map<UUID, VolumeRecord> owners = new HashMap<>();
    private final Map<Integer, VolumeRecord> heads = new HashMap<>();
    private final BitSet lost = new BitSet();

    /** By slot, what a volume may own: of many volumes, each would look at the layers of all. */
    private @Nullable Map<Integer, List<Layer>> ownable;

    /**
     * Looks at the directory.
     *
     * @param directory with all its volumes and layers
     */
    public LayerTree(Directory directory) {
        this.directory = directory;
        for (Layer layer : directory.layers()) {
            int parent = layer.entry().parentId();
            if (parent != 0) {
                children.computeIfAbsent(parent, id -> new ArrayList<>()).add(layer);
            }
        }
        for (VolumeRecord volume : directory.volumes()) {
            heads.putIfAbsent(volume.headId(), volume);
            owners.put(volume.facts().uuid(), volume);
            List<Layer> chain = directory.chain(volume.headId());
            for (Layer layer : chain) {
                roots.put(layer.id(), chain.getLast().id());
                slots.computeIfAbsent(layer.id(), id -> new TreeSet<>()).add(volume.slot());
            }
        }
        directory.layers().stream().filter(this::hasOwner).forEach(this::anchor);
        directory.layers().forEach(this::hang);
    }

    private boolean hasOwner(Layer layer) {
        return !roots.containsKey(layer.id()) && layer.facts().owner().map(owners::get).isPresent();
    }

    /** Notes the root of a snapshot that is known to be a volume's, though no chain leads there. */
    private void anchor(Layer layer) {
        List<Layer> path = directory.chain(layer.id());
        Layer last = path.getLast();
        if (last.entry().parentId() == 0) { // no circle, nothing missing
            path.forEach(below -> roots.put(below.id(), last.id()));
        }
    }

    /** Notes the root of a layer, if that and all between lead to something that counts. */
    private void hang(Layer layer) {
        List<Integer> path = new ArrayList<>();
        BitSet seen = new BitSet();
        Layer joint = layer;
        while (joint != null && !isKnown(joint, seen)) {
            seen.set(joint.id());
            path.add(joint.id());
            joint = directory.layer(joint.entry().parentId());
        }
        boolean hangs =
                joint != null
                        && directory.isBranched()
                        && !heads.containsKey(joint.id())
                        && !seen.get(joint.id());
        Integer root = hangs && joint != null ? roots.get(joint.id()) : null;
        for (int id : path) {
            if (root == null) {
                lost.set(id);
            } else {
                roots.put(id, root);
            }
        }
    }

    private boolean isKnown(Layer layer, BitSet seen) {
        return roots.containsKey(layer.id()) || lost.get(layer.id()) || seen.get(layer.id());
    }

    /**
     * Lists the layers directly above one.
     *
     * @param id of any layer
     * @return by id
     */
    public List<Layer> children(int id) {
        return children.getOrDefault(id, List.of());
    }

    /**
     * Lists a layer and all above it.
     *
     * @param layer where to begin
     * @return each before its children
     */
    public List<Layer> subtree(Layer layer) {
        List<Layer> result = new ArrayList<>();
        BitSet seen = new BitSet();
        Deque<Layer> open = new ArrayDeque<>(List.of(layer));
        while (!open.isEmpty()) {
            Layer next = open.removeFirst();
            if (!seen.get(next.id())) {
                seen.set(next.id());
                result.add(next);
                open.addAll(children(next.id()));
            }
        }
        return result;
    }

    /**
     * Tells whether a layer is of use: shown by a volume, a volume's snapshot, or connected to
     * such.
     *
     * @param id of a layer
     * @return false for what is lost
     */
    public boolean isAttached(int id) {
        return roots.containsKey(id);
    }

    /** Id of the layer that all of a tree descend from; 0 for what is lost. */
    int root(int id) {
        return roots.getOrDefault(id, 0);
    }

    /**
     * Tells whether a layer is the one that a volume writes to.
     *
     * @param id of a layer
     * @return false if it is frozen
     */
    public boolean isHead(int id) {
        return heads.containsKey(id);
    }

    /**
     * Tells whether a volume that cannot be served shows a layer.
     *
     * @param id of a layer
     * @return true if it should be left alone
     */
    public boolean isDamaged(int id) {
        return directory.volumes().stream()
                .anyMatch(volume -> volume.damage() != null && slots(id).contains(volume.slot()));
    }

    /**
     * Lists the volumes that may own a layer: its owner alone if that is known.
     *
     * @param id of a layer
     * @return in slot order; empty for what is lost
     */
    public List<VolumeRecord> volumes(int id) {
        Optional<VolumeRecord> owner = owner(id);
        if (owner.isPresent()) {
            return List.of(owner.get());
        }
        Set<Integer> sharing = slots(directory.isBranched() ? root(id) : id);
        return directory.volumes().stream()
                .filter(volume -> sharing.contains(volume.slot()))
                .toList();
    }

    private Set<Integer> slots(int id) {
        return slots.getOrDefault(id, Set.of());
    }

    private Optional<VolumeRecord> owner(int id) {
        VolumeRecord writing = heads.get(id);
        if (writing != null) {
            return Optional.of(writing);
        }
        Layer layer = directory.layer(id);
        return layer == null || lost.get(id)
                ? Optional.empty()
                : layer.facts().owner().map(uuid -> owners.get(uuid));
    }

    /**
     * Tells whether a layer of a volume's chain is of that volume alone.
     *
     * @param id of the layer
     * @param volume whose chain has it
     * @return false if it is another's, or nobody's and others show it too
     */
    boolean isOwn(int id, VolumeRecord volume) {
        return owner(id)
                .map(owner -> owner == volume)
                .orElseGet(() -> slots(id).equals(Set.of(volume.slot())));
    }

    /**
     * Lists what goes with a volume, or is listed as its own.
     *
     * @param volume any
     * @param alone true to leave out what may as well belong to another
     * @return without hidden layers; head first, then its chain, then what hangs on that
     */
    public List<Layer> layersOf(VolumeRecord volume, boolean alone) {
        List<Layer> result = new ArrayList<>();
        BitSet inChain = new BitSet();
        for (Layer layer : directory.chain(volume.headId())) {
            inChain.set(layer.id());
            if (isOf(layer, volume, alone)) {
                result.add(layer);
            }
        }
        for (Layer layer : ownable(volume)) {
            if (!inChain.get(layer.id()) && isOf(layer, volume, alone)) {
                result.add(layer);
            }
        }
        return result;
    }

    private List<Layer> ownable(VolumeRecord volume) {
        Map<Integer, List<Layer>> known = ownable;
        if (known == null) {
            known = new HashMap<>();
            for (Layer layer : directory.layers()) {
                for (VolumeRecord owner : volumes(layer.id())) {
                    known.computeIfAbsent(owner.slot(), slot -> new ArrayList<>()).add(layer);
                }
            }
            ownable = known;
        }
        return known.getOrDefault(volume.slot(), List.of());
    }

    /**
     * Returns the size that a layer shows: of a head its volume's, of a snapshot its own.
     *
     * @param layer that some volume shows
     * @return bytes
     */
    public long sizeBytes(Layer layer) {
        VolumeRecord written = heads.get(layer.id());
        if (written != null) {
            return written.sizeBytes();
        }
        return layer.sizeBytes(
                volumes(layer.id()).stream().mapToLong(VolumeRecord::sizeBytes).max().orElse(0));
    }

    /**
     * Counts the positions that a layer or any above it may show.
     *
     * @param layer where to begin
     * @return 1 or more
     */
    public long positionsAbove(Layer layer) {
        long bytes = Geometry.EXTENT_BYTES;
        for (Layer above : subtree(layer)) {
            bytes = Math.max(bytes, sizeBytes(above));
        }
        return Math.min(bytes, Geometry.VOLUME_BYTES_MAX) / Geometry.EXTENT_BYTES;
    }

    /**
     * Counts the positions that each layer or any above it may show.
     *
     * @return by id, without what is lost
     */
    public Map<Integer, Long> positionCounts() {
        Map<Integer, Long> counts = new HashMap<>();
        for (Layer layer : directory.layers()) {
            long count = sizeBytes(layer) / Geometry.EXTENT_BYTES;
            Layer below = isAttached(layer.id()) ? layer : null;
            while (below != null && counts.getOrDefault(below.id(), 0L) < count) {
                counts.put(below.id(), count);
                below = directory.layer(below.entry().parentId());
            }
        }
        return counts;
    }

    /**
     * Tells whether it is known for certain what a layer has to hold: then what lies beyond is not
     * damage but what a volume that became smaller, or is gone, has left.
     *
     * @param layer any
     * @return false for a head, and for a snapshot whose size is not in the catalogue
     */
    public boolean isTrimmable(Layer layer) {
        return !isHead(layer.id()) && (layer.isHidden() || layer.facts().sizeBytes() > 0);
    }

    private boolean isOf(Layer layer, VolumeRecord volume, boolean alone) {
        if (layer.id() == volume.headId()) {
            return true;
        }
        List<VolumeRecord> owners = layer.isHidden() ? List.of() : volumes(layer.id());
        return owners.contains(volume) && (!alone || owners.size() == 1);
    }

    /**
     * Tells whether the layers are such that the original does not understand them: a layer has
     * several children, or is not in the chain of the volume that it belongs to, or has more
     * positions than the volume whose chain it is in.
     *
     * @return false if all chains are apart, complete and within their volumes
     */
    public boolean hasBranches() {
        Map<Integer, Long> counts = positionCounts();
        return children.values().stream().anyMatch(above -> above.size() > 1)
                || directory.volumes().stream()
                        .anyMatch(volume ->
                                !isChain(volume) || overhangs(volume, volume.sizeBytes(), counts));
    }

    /**
     * Tells whether layers below the head may hold positions beyond a volume's end: the original
     * fails at such.
     *
     * @param volume whose chain
     * @param sizeBytes its size, or what it is to be
     */
    boolean overhangs(VolumeRecord volume, long sizeBytes) {
        return overhangs(volume, sizeBytes, positionCounts());
    }

    /** A linked clone may be the only child of a snapshot, which is still another volume's. */
    private boolean isChain(VolumeRecord volume) {
        List<Layer> chain = new ArrayList<>(directory.chain(volume.headId()));
        chain.removeIf(Layer::isHidden);
        return chain.equals(layersOf(volume, false));
    }

    private boolean overhangs(VolumeRecord volume, long sizeBytes, Map<Integer, Long> counts) {
        return directory.chain(volume.headId()).stream()
                .skip(1)
                .anyMatch(layer ->
                        counts.getOrDefault(layer.id(), 0L) > sizeBytes / Geometry.EXTENT_BYTES);
    }

    /** Ids of all layers of the trees that hold any of some layers. */
    BitSet trees(List<Integer> ids) {
        BitSet result = new BitSet();
        for (int id : ids) {
            List<Layer> path = directory.chain(id);
            if (!path.isEmpty()) {
                subtree(path.getLast()).forEach(layer -> result.set(layer.id()));
            }
        }
        return result;
    }

    /** The volume whose operations guard a layer; null for what is lost. */
    @Nullable VolumeRecord volumeOf(int id) {
        List<VolumeRecord> owners = volumes(id);
        return owners.isEmpty() ? null : owners.getFirst();
    }
}
