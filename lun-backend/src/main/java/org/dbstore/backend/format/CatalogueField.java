package org.dbstore.backend.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One field of a catalogue record.
 *
 * <pre>
 *   +0   u16  tag
 *   +2   u32  n, length of the value in bytes
 *   +6   n    value
 * </pre>
 *
 * A record is fields one behind the other, in any order; a tag may come more than once.
 *
 * @param tag 1..65535
 * @param value as long as a record may be; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // equality is below
public record CatalogueField(int tag, byte[] value) {
    private static final int HEADER_BYTES = 6;

    /**
     * Joins fields to a record.
     *
     * @param fields in this order
     * @return the record
     */
    public static byte[] join(List<CatalogueField> fields) {
        int length = 0;
        for (CatalogueField field : fields) {
            length += HEADER_BYTES + field.value.length;
        }
        ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (CatalogueField field : fields) {
            record.putShort((short) field.tag).putInt(field.value.length).put(field.value);
        }
        return record.array();
    }

    /**
     * Takes a record apart.
     *
     * @param record as {@link #join} made it
     * @return its fields
     * @throws IllegalArgumentException if a field does not fit
     */
    public static List<CatalogueField> split(byte[] record) {
        ByteBuffer rest = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        List<CatalogueField> fields = new ArrayList<>();
        try {
            while (rest.hasRemaining()) {
                int tag = Short.toUnsignedInt(rest.getShort());
                int length = rest.getInt();
                if (length < 0 || length > rest.remaining()) {
                    throw new IllegalArgumentException(
                            "field %d has %d bytes of %d".formatted(tag, length, rest.remaining()));
                }
                byte[] value = new byte[length];
                rest.get(value);
                fields.add(new CatalogueField(tag, value));
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a record ends within a field", e);
        }
        return fields;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CatalogueField field
                && tag == field.tag
                && Arrays.equals(value, field.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tag, Arrays.hashCode(value));
    }

    @Override
    public String toString() {
        return "field %d of %d bytes".formatted(tag, value.length);
    }
}
