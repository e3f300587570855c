package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What one slot of a {@link CatalogueBlock} holds: a record, or one part of a long one.
 *
 * <pre>
 *   +0   u8   kind, 0 = free: the rest is zero
 *   +1   u8   version of the coding, 1
 *   +2   u16  id: of what the record tells
 *   +4   u16  number of this part, from 0
 *   +6   u16  number of parts, above 0
 *   +8   u32  CRC32C of the whole record, equal in all its parts
 *   +12  u16  n, bytes of the record that are here
 *   +14  n    the bytes
 * </pre>
 *
 * @param kind 1..255
 * @param version of the coding
 * @param id 0..65535
 * @param number of this part
 * @param count of all parts
 * @param checksum of the whole record
 * @param bytes that are here; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CataloguePart(
        int kind, int version, int id, int number, int count, int checksum, byte[] bytes) {
    /** The coding that this engine writes. */
    public static final int VERSION = 1;

    private static final int BODY = 14;
    private static final int PART_BYTES_MAX = CatalogueBlock.SLOT_BYTES - BODY;
    private static final int PART_COUNT_MAX = 0xffff;

    /** The longest record, in bytes. */
    public static final int RECORD_BYTES_MAX = PART_BYTES_MAX * PART_COUNT_MAX;

    /**
     * Cuts a record into parts.
     *
     * @param kind of the record
     * @param id of what it tells
     * @param record at most {@link #RECORD_BYTES_MAX}
     * @return at least one
     */
    public static List<CataloguePart> cut(int kind, int id, byte[] record) {
        int count = Math.max(1, Math.ceilDiv(record.length, PART_BYTES_MAX));
        int checksum = checksum(record);
        List<CataloguePart> parts = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            int from = number * PART_BYTES_MAX;
            byte[] bytes = new byte[Math.min(PART_BYTES_MAX, record.length - from)];
            System.arraycopy(record, from, bytes, 0, bytes.length);
            parts.add(new CataloguePart(kind, VERSION, id, number, count, checksum, bytes));
        }
        return parts;
    }

    /**
     * Puts a record together.
     *
     * @param parts of one record in order, none missing
     * @return empty if they do not belong together or are not what was written
     */
    public static Optional<byte[]> join(List<CataloguePart> parts) {
        int length = 0;
        for (CataloguePart part : parts) {
            length += part.bytes.length;
        }
        ByteBuffer record = ByteBuffer.allocate(length);
        boolean whole = !parts.isEmpty();
        for (int number = 0; number < parts.size(); number++) {
            CataloguePart part = parts.get(number);
            whole &=
                    part.version == VERSION
                            && part.number == number
                            && part.count == parts.size()
                            && part.checksum == parts.getFirst().checksum;
            record.put(part.bytes);
        }
        return whole && checksum(record.array()) == parts.getFirst().checksum
                ? Optional.of(record.array())
                : Optional.empty();
    }

    /**
     * Reads a slot.
     *
     * @param block little-endian, valid
     * @param slot 0..7
     * @return empty if it is free
     * @throws IllegalArgumentException if it is neither free nor a part
     */
    public static Optional<CataloguePart> read(ByteBuffer block, int slot) {
        int at = CatalogueBlock.slotOffset(slot);
        int kind = Byte.toUnsignedInt(block.get(at));
        if (kind == 0) {
            return Optional.empty();
        }
        byte[] bytes = new byte[Short.toUnsignedInt(block.getShort(at + 12))];
        if (bytes.length > PART_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "slot %d has %d bytes".formatted(slot, bytes.length));
        }
        block.get(at + BODY, bytes);
        return Optional.of(
                new CataloguePart(
                        kind,
                        Byte.toUnsignedInt(block.get(at + 1)),
                        Short.toUnsignedInt(block.getShort(at + 2)),
                        Short.toUnsignedInt(block.getShort(at + 4)),
                        Short.toUnsignedInt(block.getShort(at + 6)),
                        block.getInt(at + 8),
                        bytes));
    }

    /**
     * Fills a slot.
     *
     * @param block little-endian
     * @param slot 0..7
     */
    public void write(ByteBuffer block, int slot) {
        clear(block, slot);
        int at = CatalogueBlock.slotOffset(slot);
        block.put(at, (byte) kind);
        block.put(at + 1, (byte) version);
        block.putShort(at + 2, (short) id);
        block.putShort(at + 4, (short) number);
        block.putShort(at + 6, (short) count);
        block.putInt(at + 8, checksum);
        block.putShort(at + 12, (short) bytes.length);
        block.put(at + BODY, bytes);
    }

    /**
     * Frees a slot.
     *
     * @param block any
     * @param slot 0..7
     */
    public static void clear(ByteBuffer block, int slot) {
        block.put(CatalogueBlock.slotOffset(slot), new byte[CatalogueBlock.SLOT_BYTES]);
    }

    private static int checksum(byte[] record) {
        CRC32C checksum = new CRC32C();
        checksum.update(record);
        return (int) checksum.getValue();
    }
}
