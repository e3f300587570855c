package org.dbstore.backend.format;

import java.nio.ByteBuffer;

/**
 * An entry of the snapshot table: one layer of a volume.
 *
 * <pre>
 *   +0   u16  id of the parent, 0 = none
 *   +2   i64  CreatedAt, Unix seconds; 0 = free; sign bit set = being deleted
 *   10 bytes; id n at 72192 + 10 * (n - 1)
 * </pre>
 *
 * The mark of deletion is one byte and so atomic; the original keeps it and sees a strange date.
 *
 * @param parentId 0..65535; a free entry may keep a stale one
 * @param createdAt raw CreatedAt
 */
public record SnapshotEntry(int parentId, long createdAt) {
    /** Size of an entry. */
    public static final int BYTES = 10;

    /** Where CreatedAt lies within the entry. */
    public static final int CREATED_AT = 2;

    /** The mark of deletion in CreatedAt. */
    public static final long DELETE_MARK = Long.MIN_VALUE;

    /**
     * Reads an entry.
     *
     * @param buffer little-endian
     * @param at its first byte
     * @return the entry
     */
    public static SnapshotEntry read(ByteBuffer buffer, int at) {
        return new SnapshotEntry(
                Short.toUnsignedInt(buffer.getShort(at)), buffer.getLong(at + CREATED_AT));
    }

    /**
     * Writes the entry.
     *
     * @param buffer little-endian
     * @param at its first byte
     */
    public void write(ByteBuffer buffer, int at) {
        buffer.putShort(at, (short) parentId);
        buffer.putLong(at + CREATED_AT, createdAt);
    }

    /**
     * Returns the entry with the mark.
     *
     * @return differs in one bit
     */
    public SnapshotEntry marked() {
        return new SnapshotEntry(parentId, createdAt | DELETE_MARK);
    }

    /**
     * Returns the entry without the mark.
     *
     * @return differs in one bit
     */
    public SnapshotEntry unmarked() {
        return new SnapshotEntry(parentId, createdAt & ~DELETE_MARK);
    }

    /**
     * Tells whether an id is in use, without reading the whole entry: most are not.
     *
     * @param buffer little-endian
     * @param at first byte of the entry
     * @return false for a free entry
     */
    public static boolean isUsed(ByteBuffer buffer, int at) {
        return buffer.getLong(at + CREATED_AT) != 0;
    }

    /**
     * Tells whether the layer is being deleted.
     *
     * @return true if it carries the mark
     */
    public boolean isMarked() {
        return createdAt < 0;
    }
}
