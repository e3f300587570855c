package org.dbstore.server.admin.api;

import org.dbstore.backend.Shrink;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients ask for. */
public final class Requests {
    private Requests() {}

    /**
     * A volume to make.
     *
     * @param name 1..255 bytes
     * @param sizeBytes rounded up to 1 MiB
     */
    public record NewVolume(String name, long sizeBytes) {}

    /**
     * Changes of a volume; what is absent stays.
     *
     * @param name new name
     * @param sizeBytes new size
     * @param shrink what a smaller size may cost; nothing without it
     * @param labels to set and to remove
     */
    public record VolumeChange(
            Optional<String> name,
            Optional<Long> sizeBytes,
            Optional<Shrink> shrink,
            Optional<Labels> labels) {}

    /**
     * Changes of labels.
     *
     * @param set new or changed
     * @param remove keys
     */
    public record Labels(Map<String, String> set, List<String> remove) {}

    /**
     * A snapshot to take.
     *
     * @param name unique in the volume; without one it is called by its id
     */
    public record NewSnapshot(Optional<String> name) {}

    /**
     * A snapshot of a group, all of which are taken at one instant.
     *
     * @param volume of which
     * @param name as in {@link NewSnapshot}
     */
    public record GroupMember(String volume, Optional<String> name) {}

    /**
     * Changes of a snapshot; what is absent stays.
     *
     * @param name new name
     * @param labels to set and to remove
     */
    public record SnapshotChange(Optional<String> name, Optional<Labels> labels) {}

    /**
     * A volume to make of a snapshot.
     *
     * @param name of the volume
     * @param linked true to share space with the snapshot: nothing is copied
     */
    public record NewClone(String name, boolean linked) {}

    /**
     * A way back.
     *
     * @param snapshot name or id of one of the volume's snapshots
     * @param discard true to lose what the volume holds now
     */
    public record Rollback(String snapshot, boolean discard) {}
}
