package org.dbstore.backend.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.backend.format.CatalogueField;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Facts as fields of a record. Numbers are little-endian, UUIDs big-endian, text UTF-8.
 *
 * <pre>
 *   1  UUID         16     of the volume or snapshot
 *   2  name         n      of the volume as the volume table has it; of a snapshot, if it has one
 *   3  created      i64    Unix milliseconds
 *   4  label        u8 k, k bytes of key, value; one field for each label
 *   5  owner        16     UUID of the volume of a snapshot
 *   6  size         u64    of a snapshot, in bytes
 *   7  SCSI state   n      as the server gave it
 *   8  dirty        16     boot id under which a volume had acknowledged what was not durable
 *   9  first name   n      of a volume: what derived ids of its snapshots are made from
 *   10 table time   i64    CreatedAt of the snapshot table when the record was made
 * </pre>
 *
 * Other tags are kept as they are.
 */
final class FactsCoding {
    static final int SCSI_STATE = 7;
    static final int DIRTY = 8;

    private static final int ID = 1;
    private static final int NAME = 2;
    private static final int CREATED = 3;
    private static final int LABEL = 4;
    private static final int OWNER = 5;
    private static final int SIZE = 6;
    private static final int FIRST_NAME = 9;
    private static final int TABLE_TIME = 10;

    private FactsCoding() {}

    /** A volume's record: the name tells whether it is still that volume. */
    record VolumeEntry(String name, VolumeFacts facts) {}

    /** A snapshot's record: the time tells whether it is still that layer. */
    record SnapshotEntry(long tableTime, SnapshotFacts facts) {}

    static byte[] encode(VolumeEntry entry) {
        VolumeFacts facts = entry.facts();
        List<CatalogueField> fields = new ArrayList<>();
        fields.add(id(ID, facts.uuid()));
        fields.add(text(NAME, entry.name()));
        fields.add(text(FIRST_NAME, facts.firstName()));
        facts.createdAt().ifPresent(at -> fields.add(number(CREATED, at.toEpochMilli())));
        addLabels(fields, facts.labels());
        fields.addAll(facts.unknownFields());
        return CatalogueField.join(fields);
    }

    static byte[] encode(SnapshotEntry entry) {
        SnapshotFacts facts = entry.facts();
        List<CatalogueField> fields = new ArrayList<>();
        facts.uuid().ifPresent(uuid -> fields.add(id(ID, uuid)));
        fields.add(number(TABLE_TIME, entry.tableTime()));
        facts.name().ifPresent(name -> fields.add(text(NAME, name)));
        facts.owner().ifPresent(owner -> fields.add(id(OWNER, owner)));
        facts.createdAt().ifPresent(at -> fields.add(number(CREATED, at.toEpochMilli())));
        if (facts.sizeBytes() != 0) {
            fields.add(number(SIZE, facts.sizeBytes()));
        }
        addLabels(fields, facts.labels());
        fields.addAll(facts.unknownFields());
        return CatalogueField.join(fields);
    }

    static byte[] encode(int tag, byte[] value) {
        return CatalogueField.join(List.of(new CatalogueField(tag, value)));
    }

    static byte[] encode(int tag, UUID value) {
        return CatalogueField.join(List.of(id(tag, value)));
    }

    /**
     * Reads what {@link #encode(VolumeEntry)} wrote.
     *
     * @throws IllegalArgumentException if it is nothing of the kind
     */
    static VolumeEntry volume(byte[] record) {
        Reader reader = new Reader(record);
        UUID uuid = reader.id(ID).orElseThrow(() -> missing(ID));
        return new VolumeEntry(
                reader.text(NAME).orElseThrow(() -> missing(NAME)),
                new VolumeFacts(
                        uuid,
                        reader.text(FIRST_NAME).orElseThrow(() -> missing(FIRST_NAME)),
                        reader.time(CREATED),
                        reader.labels(),
                        reader.rest()));
    }

    /**
     * Reads what {@link #encode(SnapshotEntry)} wrote.
     *
     * @throws IllegalArgumentException if it is nothing of the kind
     */
    static SnapshotEntry snapshot(byte[] record) {
        Reader reader = new Reader(record);
        UUID uuid = reader.id(ID).orElseThrow(() -> missing(ID));
        return new SnapshotEntry(
                reader.number(TABLE_TIME).orElseThrow(() -> missing(TABLE_TIME)),
                new SnapshotFacts(
                        Optional.of(uuid),
                        reader.text(NAME),
                        reader.id(OWNER),
                        reader.number(SIZE).orElse(0L),
                        reader.time(CREATED),
                        reader.labels(),
                        reader.rest()));
    }

    /**
     * Reads what {@link #encode(int, byte[])} wrote.
     *
     * @throws IllegalArgumentException if it is nothing of the kind
     */
    static byte[] bytes(int tag, byte[] record) {
        return new Reader(record).take(tag).orElseThrow(() -> missing(tag));
    }

    /**
     * Reads what {@link #encode(int, UUID)} wrote.
     *
     * @throws IllegalArgumentException if it is nothing of the kind
     */
    static UUID id(int tag, byte[] record) {
        return new Reader(record).id(tag).orElseThrow(() -> missing(tag));
    }

    private static IllegalArgumentException missing(int tag) {
        return new IllegalArgumentException("a record lacks field " + tag);
    }

    private static void addLabels(List<CatalogueField> fields, Map<String, String> labels) {
        labels.forEach((key, value) -> {
            byte[] keyBytes = key.getBytes(UTF_8);
            byte[] valueBytes = value.getBytes(UTF_8);
            ByteBuffer field = ByteBuffer.allocate(1 + keyBytes.length + valueBytes.length);
            field.put((byte) keyBytes.length).put(keyBytes).put(valueBytes);
            fields.add(new CatalogueField(LABEL, field.array()));
        });
    }

    private static CatalogueField text(int tag, String value) {
        return new CatalogueField(tag, value.getBytes(UTF_8));
    }

    private static CatalogueField number(int tag, long value) {
        byte[] bytes = new byte[Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        return new CatalogueField(tag, bytes);
    }

    private static CatalogueField id(int tag, UUID value) {
        byte[] bytes = new byte[2 * Long.BYTES];
        ByteBuffer.wrap(bytes)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits());
        return new CatalogueField(tag, bytes);
    }

    /** Takes known fields out of a record; the rest is unknown. */
    private static final class Reader {
        private final List<CatalogueField> fields;

        Reader(byte[] record) {
            fields = CatalogueField.split(record);
        }

        Optional<byte[]> take(int tag) {
            for (CatalogueField field : fields) {
                if (field.tag() == tag) {
                    fields.remove(field);
                    return Optional.of(field.value());
                }
            }
            return Optional.empty();
        }

        Optional<String> text(int tag) {
            return take(tag).map(bytes -> new String(bytes, UTF_8));
        }

        Optional<Long> number(int tag) {
            return take(tag)
                    .map(bytes -> buffer(bytes, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN))
                    .map(ByteBuffer::getLong);
        }

        Optional<UUID> id(int tag) {
            return take(tag)
                    .map(bytes -> buffer(bytes, 2 * Long.BYTES))
                    .map(bytes -> new UUID(bytes.getLong(), bytes.getLong()));
        }

        Optional<Instant> time(int tag) {
            try {
                return number(tag).map(Instant::ofEpochMilli);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("field " + tag + " is no time", e);
            }
        }

        SortedMap<String, String> labels() {
            SortedMap<String, String> labels = new TreeMap<>();
            Optional<byte[]> field = take(LABEL);
            while (field.isPresent()) {
                addLabel(labels, ByteBuffer.wrap(field.get()));
                field = take(LABEL);
            }
            return labels;
        }

        List<CatalogueField> rest() {
            return fields;
        }

        private static void addLabel(SortedMap<String, String> labels, ByteBuffer field) {
            try {
                byte[] key = new byte[Byte.toUnsignedInt(field.get())];
                field.get(key);
                byte[] value = new byte[field.remaining()];
                field.get(value);
                labels.put(new String(key, UTF_8), new String(value, UTF_8));
            } catch (BufferUnderflowException e) {
                throw new IllegalArgumentException("a label ends within its key", e);
            }
        }

        private static ByteBuffer buffer(byte[] bytes, int expected) {
            if (bytes.length != expected) {
                throw new IllegalArgumentException(
                        "a field has %d bytes, not %d".formatted(bytes.length, expected));
            }
            return ByteBuffer.wrap(bytes);
        }
    }
}
