package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * An entry of the volume table.
 *
 * <pre>
 *   +0    u16  id of the head snapshot, 0 = free slot
 *   +2    u64  size in bytes, a multiple of 1 MiB
 *   +10   256  name, up to the first NUL; byte 255 is always NUL
 *   266 bytes; slot i at 4096 + 266 * i
 * </pre>
 *
 * @param headId 0..65535
 * @param sizeBytes as stored; negative if it was above 2^63
 * @param name with replacement characters where the bytes are no UTF-8
 * @param decodable false if there are such bytes
 */
public record VolumeEntry(int headId, long sizeBytes, String name, boolean decodable) {
    /** Size of an entry. */
    public static final int BYTES = 266;

    /** Where the size lies within the entry: the body begins here. */
    public static final int BODY = 2;

    /** Where the name lies within the entry. */
    public static final int NAME = 10;

    /** Length of the name field. */
    public static final int NAME_FIELD_BYTES = 256;

    /** Longest name. */
    public static final int NAME_BYTES_MAX = NAME_FIELD_BYTES - 1;

    /**
     * Reads an entry.
     *
     * @param buffer little-endian
     * @param at its first byte
     * @return the entry
     */
    public static VolumeEntry read(ByteBuffer buffer, int at) {
        int length = 0;
        while (length < NAME_BYTES_MAX && buffer.get(at + NAME + length) != 0) {
            length++;
        }
        byte[] name = new byte[length];
        buffer.get(at + NAME, name);
        return new VolumeEntry(
                Short.toUnsignedInt(buffer.getShort(at)),
                buffer.getLong(at + BODY),
                new String(name, StandardCharsets.UTF_8),
                isUtf8(name));
    }

    /**
     * Encodes a name as the field has it.
     *
     * @param name at most 255 bytes in UTF-8, without NUL
     * @return 256 bytes, zero behind the name
     */
    public static byte[] nameField(String name) {
        byte[] field = new byte[NAME_FIELD_BYTES];
        byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, field, 0, encoded.length);
        return field;
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
