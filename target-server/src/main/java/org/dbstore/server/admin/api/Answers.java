package org.dbstore.server.admin.api;

import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.stream.ChangedRange;

import java.util.List;
import java.util.Optional;

/** What the server answers, where no other record says it. */
public final class Answers {
    private Answers() {}

    /**
     * What a deletion would win.
     *
     * @param name of what would be deleted
     * @param freedBytes of whole extents
     */
    public record Freed(String name, long freedBytes) {}

    /**
     * What a rollback did.
     *
     * @param volume that went back
     * @param kept id of the snapshot of what it held; absent if that was discarded
     */
    public record RolledBack(String volume, Optional<Integer> kept) {}

    /**
     * How a part of a volume is provisioned.
     *
     * @param sizeBytes of the whole volume
     * @param runs from the offset asked for
     * @param next offset behind the last run; absent at the end of the volume
     */
    public record BlockMap(long sizeBytes, List<Run> runs, Optional<Long> next) {}

    /**
     * A run of blocks of equal state, as {@link VolumeContents.Run}.
     *
     * @param offset first byte
     * @param length bytes
     * @param mapped false if it reads as zeroes because nothing is stored for it
     */
    public record Run(long offset, long length, boolean mapped) {}

    /**
     * What changed, as {@link ChangedRange}.
     *
     * @param offset first byte
     * @param length bytes
     * @param kind what is there now
     */
    public record Range(long offset, long length, ChangedRange.Kind kind) {
        /** Shows a range. */
        public static Range of(ChangedRange range) {
            return new Range(range.offset(), range.lengthBytes(), range.kind());
        }

        /** What the engine says. */
        public ChangedRange range() {
            return new ChangedRange(offset, length, kind);
        }
    }

    /**
     * Where an import broke off.
     *
     * @param volume that holds a part
     * @param token to go on from; absent if no import broke off
     */
    public record ImportState(String volume, Optional<String> token) {}

    /**
     * What an import did.
     *
     * @param snapshot that was taken
     * @param storedBytes of contents received
     */
    public record Imported(SnapshotView snapshot, long storedBytes) {}
}
