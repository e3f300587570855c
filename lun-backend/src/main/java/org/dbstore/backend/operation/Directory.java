package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The volume table and the snapshot table in memory. Its callers hold the management lock of the
 * store (see {@link Management}).
 */
public final class Directory {
    private final @Nullable VolumeRecord[] volumes =
            new @Nullable VolumeRecord[Geometry.VOLUME_COUNT_MAX];
    private @Nullable Layer[] layers = new @Nullable Layer[64]; // up to the highest id ever used
    private final BitSet usedIds = new BitSet();
    private final BitSet reservedIds = new BitSet();
    private final Set<String> reservedNames = new HashSet<>();
    private int lastId;
    private boolean branched;

    /**
     * Lists the volumes.
     *
     * @return in slot order
     */
    public List<VolumeRecord> volumes() {
        List<VolumeRecord> result = new ArrayList<>();
        for (VolumeRecord volume : volumes) {
            if (volume != null) {
                result.add(volume);
            }
        }
        return result;
    }

    /**
     * Enters a volume.
     *
     * @param volume with a slot that is free
     */
    public void add(VolumeRecord volume) {
        volumes[volume.slot()] = volume;
    }

    /**
     * Takes a volume out.
     *
     * @param volume not on the device any more
     */
    public void remove(VolumeRecord volume) {
        volume.setDeleted();
        volumes[volume.slot()] = null;
    }

    /**
     * Finds a volume.
     *
     * @param name its name if only one has it, or "#slot"
     * @return the volume
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#INVALID} if
     *     several have the name
     */
    public VolumeRecord volume(String name) throws BackendException {
        VolumeRecord found = name.startsWith("#") ? bySlot(name) : null;
        if (found != null) {
            return found;
        }
        List<VolumeRecord> named =
                volumes().stream().filter(v -> v.isDecodable() && v.name().equals(name)).toList();
        if (named.size() > 1) {
            throw new BackendException(
                    BackendError.INVALID,
                    "%d volumes are named \"%s\": use #%d for the first, #%d for the second"
                            .formatted(
                                    named.size(),
                                    name,
                                    named.getFirst().slot(),
                                    named.get(1).slot()));
        }
        if (named.isEmpty()) {
            throw new BackendException(BackendError.NOT_FOUND, "no volume \"" + name + "\"");
        }
        return named.getFirst();
    }

    private @Nullable VolumeRecord bySlot(String name) {
        String digits = name.substring(1);
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) >= volumes.length) {
            return null;
        }
        return volumes[Integer.parseInt(digits)];
    }

    /**
     * Finds a free slot.
     *
     * @return the lowest
     * @throws BackendException {@link BackendError#LIMIT}
     */
    int freeSlot() throws BackendException {
        for (int slot = 0; slot < volumes.length; slot++) {
            if (volumes[slot] == null) {
                return slot;
            }
        }
        throw new BackendException(
                BackendError.LIMIT, "the device holds 256 volumes, and no more fit");
    }

    /**
     * Returns a layer.
     *
     * @param id 0..65535
     * @return null if the id is not in use
     */
    public @Nullable Layer layer(int id) {
        return id < layers.length ? layers[id] : null;
    }

    /**
     * Finds the ids in use, of which there are few among many.
     *
     * @param from where to begin
     * @return the lowest one at or above, -1 if there is none
     */
    public int nextId(int from) {
        return usedIds.nextSetBit(from);
    }

    /**
     * Enters a layer.
     *
     * @param id 1..65535, free
     * @param entry as written
     * @return the layer
     */
    public Layer addLayer(int id, SnapshotEntry entry) {
        Layer layer = new Layer(id, entry);
        if (id >= layers.length) {
            layers = Arrays.copyOf(layers, Math.max(id + 1, 2 * layers.length));
        }
        layers[id] = layer;
        usedIds.set(id);
        return layer;
    }

    /**
     * Makes an id free.
     *
     * @param id 1..65535, perhaps of no layer; no extent has it any more
     */
    public void removeLayer(int id) {
        if (id < layers.length) {
            layers[id] = null;
        }
        usedIds.clear(id);
    }

    /**
     * Keeps an id from ever being given to a new layer: extents carry it that belong to nobody.
     *
     * @param id 1..65535
     */
    public void reserveId(int id) {
        reservedIds.set(id);
    }

    /** Keeps a name for a volume that is not there yet. */
    void reserveName(String name) {
        reservedNames.add(name);
    }

    void releaseName(String name) {
        reservedNames.remove(name);
    }

    /** Refuses a name that another volume has, or is about to get. */
    void checkNameUnused(String name) throws BackendException {
        boolean used = reservedNames.contains(name);
        for (VolumeRecord volume : volumes()) {
            used |= volume.name().equals(name);
        }
        if (used) {
            throw new BackendException(
                    BackendError.ALREADY_EXISTS, "there is a volume \"" + name + "\" already");
        }
    }

    /**
     * Picks an id. Round-robin, so that a leftover of an old layer is noticed long before a new
     * layer could adopt it.
     *
     * @return 1..65535
     * @throws BackendException {@link BackendError#LIMIT}
     */
    int freeId() throws BackendException {
        for (int tried = 0; tried < Geometry.SNAPSHOT_ID_MAX; tried++) {
            lastId = lastId % Geometry.SNAPSHOT_ID_MAX + 1;
            if (layer(lastId) == null && !reservedIds.get(lastId)) {
                return lastId;
            }
        }
        throw new BackendException(
                BackendError.LIMIT, "all 65535 snapshot ids of the device are in use");
    }

    /**
     * Begins the round of {@link #freeId} behind an id.
     *
     * @param id highest that is in use
     */
    public void startIdsAfter(int id) {
        lastId = id;
    }

    /**
     * Follows the parents.
     *
     * @param id where to begin
     * @return the layers from there to the root; ends at an unused id or at a cycle
     */
    public List<Layer> chain(int id) {
        List<Layer> chain = new ArrayList<>();
        BitSet seen = new BitSet();
        Layer layer = layer(id);
        while (layer != null && !seen.get(layer.id())) {
            seen.set(layer.id());
            chain.add(layer);
            layer = layer(layer.entry().parentId());
        }
        return chain;
    }

    /**
     * As {@link #chain}, ids alone.
     *
     * @param id where to begin
     * @return ids, the given one first
     */
    public int[] chainIds(int id) {
        return chain(id).stream().mapToInt(Layer::id).toArray();
    }

    /**
     * Finds the volume that writes to a layer.
     *
     * @param id of the layer
     * @return null if it is frozen
     */
    public @Nullable VolumeRecord volumeOfHead(int id) {
        for (VolumeRecord volume : volumes()) {
            if (volume.headId() == id) {
                return volume;
            }
        }
        return null;
    }

    /**
     * Lists the layers.
     *
     * @return all, by id
     */
    public List<Layer> layers() {
        List<Layer> result = new ArrayList<>();
        for (int id = nextId(1); id > 0; id = nextId(id + 1)) {
            Layer layer = layers[id];
            if (layer != null) {
                result.add(layer);
            }
        }
        return result;
    }

    /**
     * Tells whether layers may have several children, as linked clones and rollbacks make them.
     *
     * @return what the superblock says
     */
    public boolean isBranched() {
        return branched;
    }

    /**
     * Notes what the superblock says.
     *
     * @param now true if layers may have several children
     */
    public void setBranched(boolean now) {
        branched = now;
    }

    /**
     * Counts the layers.
     *
     * @return heads included, hidden ones not
     */
    public int layerCount() {
        return (int) layers().stream().filter(layer -> !layer.isHidden()).count();
    }
}
