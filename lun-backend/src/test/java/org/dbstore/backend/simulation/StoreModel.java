package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What was promised about all volumes. While a management operation is under way there are two
 * answers: as before it and as after it.
 */
final class StoreModel {
    private Map<String, VolumeModel> volumes = new TreeMap<>();
    private @Nullable Map<String, VolumeModel> alternative;
    private @Nullable Map<String, VolumeModel> between; // of an import
    private @Nullable ImportModel importing;

    Map<String, VolumeModel> volumes() {
        return volumes;
    }

    VolumeModel volume(String name) {
        return Objects.requireNonNull(volumes.get(name));
    }

    /** All that may be true now, most likely first. */
    List<Map<String, VolumeModel>> candidates() {
        List<Map<String, VolumeModel>> candidates = new ArrayList<>(List.of(volumes));
        if (alternative != null) {
            candidates.add(alternative);
        }
        if (between != null) {
            candidates.add(between);
        }
        return candidates;
    }

    /** Ends or undoes an import that was under way when the power went. */
    void endImport(BlockStore store) throws BackendException {
        if (importing != null) {
            importing.end(store);
        }
    }

    /** An operation begins; the answer is the state after it, to be changed by the caller. */
    Map<String, VolumeModel> begin() {
        Map<String, VolumeModel> after = new TreeMap<>();
        volumes.forEach((name, volume) -> after.put(name, volume.copy()));
        alternative = after;
        return after;
    }

    /**
     * As the other, for an import.
     *
     * @param model ends or undoes it
     * @param name of its volume
     * @param begun the volume, before it has anything of the stream
     */
    Map<String, VolumeModel> begin(ImportModel model, String name, VolumeModel begun) {
        between = begin();
        between.put(name, begun.copy());
        importing = model;
        return begin();
    }

    void done() {
        settle(Objects.requireNonNull(alternative));
    }

    void undone() {
        settle(volumes);
    }

    /** One of the candidates turned out to be true. */
    void settle(Map<String, VolumeModel> candidate) {
        volumes = candidate;
        alternative = null;
        between = null;
        importing = null;
    }

    void flushed() {
        volumes.values().forEach(VolumeModel::flushed);
    }

    /** Returns an independent copy; no operation is under way. */
    StoreModel copy() {
        StoreModel copy = new StoreModel();
        volumes.forEach((name, volume) -> copy.volumes.put(name, volume.copy()));
        return copy;
    }

    /** Names that are there before an operation and not after it. */
    List<String> leaving() {
        List<String> names = new ArrayList<>(volumes.keySet());
        names.removeAll(alternative == null ? volumes.keySet() : alternative.keySet());
        return names;
    }
}
