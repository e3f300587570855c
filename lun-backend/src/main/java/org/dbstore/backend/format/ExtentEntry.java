package org.dbstore.backend.format;

import java.nio.ByteBuffer;

/**
 * An entry of the extent table: whose extent it is, where in the volume, and which blocks count.
 *
 * <pre>
 *   +0   u16  id of the snapshot that owns it, 0 = free
 *   +2   u32  position: number of the extent within the volume
 *   +6   32   block bitmap
 *   38 bytes; entry i at 729088 + 38 * i
 * </pre>
 *
 * The id lies at an even offset and so never straddles a sector: that is what makes a birth and a
 * freeing atomic. The rest of a free entry means nothing and may be left over. Buffers are
 * little-endian; the methods leave their positions alone.
 */
public final class ExtentEntry {
    /** Size of an entry. */
    public static final int BYTES = 38;

    /** Where the bitmap lies within the entry. */
    public static final int BITMAP = 6;

    private ExtentEntry() {}

    /**
     * Reads the owner.
     *
     * @param buffer holds the entry
     * @param at its first byte
     * @return 0..65535, 0 = free
     */
    public static int owner(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at));
    }

    /**
     * Reads the position.
     *
     * @param buffer holds the entry
     * @param at its first byte
     * @return to be read as unsigned
     */
    public static int position(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 2);
    }

    /**
     * Reads the bitmap.
     *
     * @param buffer holds the entry
     * @param at its first byte
     * @param words receives four words
     * @param base index of the first
     */
    public static void readBitmap(ByteBuffer buffer, int at, long[] words, int base) {
        for (int word = 0; word < BlockBitmap.WORDS; word++) {
            words[base + word] = buffer.getLong(at + BITMAP + word * Long.BYTES);
        }
    }

    /**
     * Writes a whole entry.
     *
     * @param buffer receives it
     * @param at its first byte
     * @param owner 0..65535
     * @param position of the extent in the volume
     * @param words holds the bitmap
     * @param base index of its first word
     */
    public static void write(
            ByteBuffer buffer, int at, int owner, int position, long[] words, int base) {
        buffer.putShort(at, (short) owner);
        buffer.putInt(at + 2, position);
        writeBitmap(buffer, at + BITMAP, words, base);
    }

    /**
     * Writes a bitmap alone.
     *
     * @param buffer receives it
     * @param at its first byte
     * @param words holds the bitmap
     * @param base index of its first word
     */
    public static void writeBitmap(ByteBuffer buffer, int at, long[] words, int base) {
        for (int word = 0; word < BlockBitmap.WORDS; word++) {
            buffer.putLong(at + word * Long.BYTES, words[base + word]);
        }
    }
}
