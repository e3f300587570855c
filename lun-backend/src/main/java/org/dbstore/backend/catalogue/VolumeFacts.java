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
 * What the catalogue knows of a volume.
 *
 * @param uuid its identity for ever, also under another name
 * @param firstName the name that ids of its snapshots are derived from if they have no record
 * @param createdAt to the millisecond; absent if the volume is older than its record
 * @param labels keys and values of the user
 * @param unknownFields of a later version of this engine, kept as they are
 */
public record VolumeFacts(
        UUID uuid,
        String firstName,
        Optional<Instant> createdAt,
        SortedMap<String, String> labels,
        List<CatalogueField> unknownFields) {
    /** Before the catalogue was read. */
    public static final VolumeFacts NONE =
            new VolumeFacts(new UUID(0, 0), "", Optional.empty(), new TreeMap<>(), List.of());

    /** Copies what could change. */
    public VolumeFacts {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        unknownFields = List.copyOf(unknownFields);
    }

    /**
     * Returns the facts of a volume that is made now.
     *
     * @param name of the volume
     * @param now time of the creation
     * @return with a random id
     */
    public static VolumeFacts created(String name, Instant now) {
        return new VolumeFacts(
                UUID.randomUUID(), name, Optional.of(now), new TreeMap<>(), List.of());
    }

    /**
     * Returns the facts of a volume without a record.
     *
     * @param deviceId of the device
     * @param name of the volume
     * @return with the id that follows from both
     */
    public static VolumeFacts derived(UUID deviceId, String name) {
        return new VolumeFacts(
                DerivedIds.volume(deviceId, name),
                name,
                Optional.empty(),
                new TreeMap<>(),
                List.of());
    }

    /**
     * Returns these facts with other labels.
     *
     * @param changed all labels
     * @return the rest as here
     */
    public VolumeFacts withLabels(Map<String, String> changed) {
        return new VolumeFacts(uuid, firstName, createdAt, new TreeMap<>(changed), unknownFields);
    }
}
