package org.dbstore.backend.simulation;

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

    Map<String, VolumeModel> volumes() {
        return volumes;
    }

    VolumeModel volume(String name) {
        return Objects.requireNonNull(volumes.get(name));
    }

    /** All that may be true now, most likely first. */
    List<Map<String, VolumeModel>> candidates() {
        return alternative == null ? List.of(volumes) : List.of(volumes, alternative);
    }

    /** An operation begins; the answer is the state after it, to be changed by the caller. */
    Map<String, VolumeModel> begin() {
        Map<String, VolumeModel> after = new TreeMap<>();
        volumes.forEach((name, volume) -> after.put(name, volume.copy()));
        alternative = after;
        return after;
    }

    void done() {
        volumes = Objects.requireNonNull(alternative);
        alternative = null;
    }

    void undone() {
        alternative = null;
    }

    /** One of the candidates turned out to be true. */
    void settle(Map<String, VolumeModel> candidate) {
        volumes = candidate;
        alternative = null;
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
