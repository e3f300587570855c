package org.dbstore.backend;

import java.util.Map;
import java.util.Optional;

/**
 * A snapshot to be taken.
 *
 * @param volume name of the volume, or "#slot"
 * @param name what the snapshot is to be called; unique within the volume
 * @param labels that the snapshot has from the beginning
 */
public record SnapshotRequest(String volume, Optional<String> name, Map<String, String> labels) {
    /** Copies the labels. */
    public SnapshotRequest {
        labels = Map.copyOf(labels);
    }

    /** A request for a snapshot without labels. */
    public SnapshotRequest(String volume, Optional<String> name) {
        this(volume, name, Map.of());
    }

    /**
     * Asks for a snapshot without a name.
     *
     * @param volume name of the volume, or "#slot"
     * @return the request
     */
    public static SnapshotRequest of(String volume) {
        return new SnapshotRequest(volume, Optional.empty());
    }

    /**
     * Asks for a snapshot with a name.
     *
     * @param volume name of the volume, or "#slot"
     * @param name of the snapshot
     * @return the request
     */
    public static SnapshotRequest of(String volume, String name) {
        return new SnapshotRequest(volume, Optional.of(name));
    }
}
