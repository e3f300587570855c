package org.dbstore.backend.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Goal: entries read and write as in the dump of an image of the original. */
class EntriesTest {
    @Test
    void superblockOfTheOriginalReadsRight() {
        ByteBuffer block =
                bytes("444253403339332100000100040000000000400600000000", Superblock.BYTES);
        assertTrue(Superblock.hasMagic(block));
        assertEquals(
                new Superblock(Superblock.VERSION, 4, 0x6400000, Optional.empty()),
                Superblock.read(block));
        assertEquals("1.0.0", Superblock.versionName(Superblock.VERSION));
    }

    @Test
    void superblockWithIdentityReadsAsWritten() {
        Superblock written =
                new Superblock(
                        Superblock.VERSION,
                        0xffff_ffffL,
                        1L << 52,
                        Optional.of(new UUID(0x0102030405060708L, -2)));
        ByteBuffer block = bytes("", Superblock.BYTES);
        written.write(block);
        assertEquals(written, Superblock.read(block));
    }

    @Test
    void identityWithAWrongBitCountsAsAbsent() {
        ByteBuffer block = bytes("", Superblock.BYTES);
        new Superblock(Superblock.VERSION, 0, 1, Optional.of(UUID.randomUUID())).write(block);
        block.put(40, (byte) (block.get(40) ^ 1));
        assertEquals(Optional.empty(), Superblock.read(block).identity());
    }

    @Test
    void volumeEntryOfTheOriginalReadsRight() {
        ByteBuffer entry = bytes("03000000000400000000766f6c3100", VolumeEntry.BYTES);
        assertEquals(new VolumeEntry(3, 0x4000000, "vol1", true), VolumeEntry.read(entry, 0));
    }

    @Test
    void nameOf255BytesHasNoTerminatorWithinItsLength() {
        ByteBuffer entry = bytes("", VolumeEntry.BYTES);
        entry.put(VolumeEntry.NAME, VolumeEntry.nameField("n".repeat(255)));
        assertEquals("n".repeat(255), VolumeEntry.read(entry, 0).name());
    }

    @Test
    void nameOfInvalidUtf8IsSeenAsUndecodable() {
        ByteBuffer entry = bytes("03000000000400000000c328", VolumeEntry.BYTES);
        assertFalse(VolumeEntry.read(entry, 0).decodable());
    }

    @Test
    void snapshotEntryKeepsIdsUnsignedAndTheMarkApart() {
        ByteBuffer entry = bytes("ffffa6c9026b0000000000", SnapshotEntry.BYTES + 1);
        SnapshotEntry read = SnapshotEntry.read(entry, 0);
        assertEquals(new SnapshotEntry(65535, 0x6b02c9a6L), read);
        assertTrue(read.createdAt() != 0 && !read.isMarked());
        assertTrue(read.marked().isMarked() && read.marked().createdAt() != 0);
        assertEquals(read, read.marked().unmarked());
        ByteBuffer written = bytes("", SnapshotEntry.BYTES);
        read.marked().write(written, 0);
        assertEquals((byte) 0x80, written.get(9)); // one byte carries the mark
    }

    @Test
    void extentEntryReadsAndWritesAsInTheDump() {
        String dump = "020001000000000000000010";
        ByteBuffer entry = bytes(dump, ExtentEntry.BYTES);
        long[] words = new long[4];
        ExtentEntry.readBitmap(entry, 0, words, 0);
        assertEquals(2, ExtentEntry.owner(entry, 0));
        assertEquals(1, ExtentEntry.position(entry, 0));
        assertTrue(BlockBitmap.get(words, 0, 44));
        assertEquals(1, BlockBitmap.count(words, 0));
        ByteBuffer written = bytes("", ExtentEntry.BYTES);
        ExtentEntry.write(written, 0, 2, 1, words, 0);
        assertEquals(entry, written);
    }

    private static ByteBuffer bytes(String hex, int length) {
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, HexFormat.of().parseHex(hex));
    }
}
