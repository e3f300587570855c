package org.dbstore.backend.catalogue;

import org.dbstore.backend.format.CatalogueField;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the catalogue knows of a frozen snapshot. A head has no facts: they come with the freezing.
 *
 * @param uuid its identity for ever; absent without a record
 * @param name unique within its volume
 * @param owner UUID of the volume it is a snapshot of; absent: the only volume whose chain has it
 * @param sizeBytes its own size, which its volume's may leave later; 0 = as its volume's
 * @param createdAt when it was taken, to the millisecond; absent if it is older than its record
 * @param labels keys and values of the user
 * @param unknownFields of a later version of this engine, kept as they are
 */
public record SnapshotFacts(
        Optional<UUID> uuid,
        Optional<String> name,
        Optional<UUID> owner,
        long sizeBytes,
        Optional<Instant> createdAt,
        SortedMap<String, String> labels,
        List<CatalogueField> unknownFields) {
    /** Of a layer without a record. */
    public static final SnapshotFacts NONE =
            new SnapshotFacts(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    Optional.empty(),
                    new TreeMap<>(),
                    List.of());

    /** Copies what could change. */
    public SnapshotFacts {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        unknownFields = List.copyOf(unknownFields);
    }

    /**
     * Returns the facts of a snapshot that is taken now.
     *
     * @param name if it gets one
     * @param owner UUID of its volume
     * @param sizeBytes of its volume
     * @param now time of the freezing
     * @return with a random id
     */
    public static SnapshotFacts taken(
            Optional<String> name, UUID owner, long sizeBytes, Instant now) {
        return new SnapshotFacts(
                Optional.of(UUID.randomUUID()),
                name,
                Optional.of(owner),
                sizeBytes,
                Optional.of(now),
                new TreeMap<>(),
                List.of());
    }

    /**
     * Returns these facts with an id and an owner, as a record needs them.
     *
     * @param id if there is none yet
     * @param volume UUID of the owner if there is none yet
     * @return the rest as here
     */
    public SnapshotFacts identified(UUID id, UUID volume) {
        return new SnapshotFacts(
                uuid.or(() -> Optional.of(id)),
                name,
                owner.or(() -> Optional.of(volume)),
                sizeBytes,
                createdAt,
                labels,
                unknownFields);
    }

    /**
     * Returns these facts with another name.
     *
     * @param newName empty for none
     * @return the rest as here
     */
    public SnapshotFacts withName(Optional<String> newName) {
        return new SnapshotFacts(uuid, newName, owner, sizeBytes, createdAt, labels, unknownFields);
    }

    /**
     * Returns these facts with another owner.
     *
     * @param volume UUID of the owner
     * @return the rest as here
     */
    public SnapshotFacts withOwner(UUID volume) {
        return new SnapshotFacts(
                uuid, name, Optional.of(volume), sizeBytes, createdAt, labels, unknownFields);
    }

    /**
     * Returns these facts with another size.
     *
     * @param bytes a multiple of 1 MiB
     * @return the rest as here
     */
    public SnapshotFacts withSizeBytes(long bytes) {
        return new SnapshotFacts(uuid, name, owner, bytes, createdAt, labels, unknownFields);
    }

    /**
     * Returns these facts with other labels.
     *
     * @param changed all labels
     * @return the rest as here
     */
    public SnapshotFacts withLabels(Map<String, String> changed) {
        return new SnapshotFacts(
                uuid, name, owner, sizeBytes, createdAt, new TreeMap<>(changed), unknownFields);
    }
}
