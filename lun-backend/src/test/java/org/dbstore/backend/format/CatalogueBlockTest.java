package org.dbstore.backend.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Goal: blocks and records read as written, in the bytes that the documentation shows. */
class CatalogueBlockTest {
    private static final UUID DEVICE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private final ByteBuffer block =
            ByteBuffer.allocate(CatalogueBlock.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void aBlockIsLaidOutAsDocumented() {
        CataloguePart.cut(3, 0x1234, new byte[] {9, 8}).getFirst().write(block, 1);
        CatalogueBlock.seal(block, 7, DEVICE);
        assertEquals(
                "DBSC",
                new String(block.array(), 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(1, block.getLong(8));
        assertEquals(0x00, block.get(16));
        assertEquals((byte) 0xff, block.get(31));
        int slot = 32 + 508;
        assertEquals(3, block.get(slot));
        assertEquals(1, block.get(slot + 1));
        assertEquals(0x1234, block.getShort(slot + 2));
        assertEquals(0, block.getShort(slot + 4));
        assertEquals(1, block.getShort(slot + 6));
        assertEquals(2, block.getShort(slot + 12));
        assertEquals(9, block.get(slot + 14));
        assertEquals(8, block.get(slot + 15));
        assertEquals(Optional.empty(), CataloguePart.read(block, 0));
    }

    @Test
    void aSealedBlockIsValidInItsPlaceAlone() {
        assertTrue(CatalogueBlock.isEmpty(block));
        assertFalse(CatalogueBlock.isValid(block, 7));
        CatalogueBlock.seal(block, 7, DEVICE);
        assertFalse(CatalogueBlock.isEmpty(block));
        assertTrue(CatalogueBlock.isValid(block, 7));
        assertFalse(CatalogueBlock.isValid(block, 8));
        assertEquals(DEVICE, CatalogueBlock.deviceId(block));
        CatalogueBlock.seal(block, 7, DEVICE);
        assertEquals(2, CatalogueBlock.sequence(block));
    }

    @Test
    void noBitOfABlockCanChangeUnnoticed() {
        CataloguePart.cut(2, 1, Bytes.random(400, 1)).getFirst().write(block, 0);
        CatalogueBlock.seal(block, 0, DEVICE);
        for (int bit = 0; bit < CatalogueBlock.BYTES * 8; bit++) {
            byte mask = (byte) (1 << bit % 8);
            block.put(bit / 8, (byte) (block.get(bit / 8) ^ mask));
            assertFalse(CatalogueBlock.isValid(block, 0), "bit " + bit);
            block.put(bit / 8, (byte) (block.get(bit / 8) ^ mask));
        }
        assertTrue(CatalogueBlock.isValid(block, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 493, 494, 495, 988, 989, 65536})
    void aRecordOfAnyLengthReadsAsWritten(int length) {
        byte[] record = Bytes.random(length, 3);
        List<CataloguePart> read = new ArrayList<>();
        for (CataloguePart part : CataloguePart.cut(4, 255, record)) {
            part.write(block, 5);
            read.add(CataloguePart.read(block, 5).orElseThrow());
        }
        assertEquals(Math.max(1, Math.ceilDiv(length, 494)), read.size());
        assertArrayEquals(record, CataloguePart.join(read).orElseThrow());
    }

    @Test
    void partsThatDoNotBelongTogetherAreNoRecord() {
        List<CataloguePart> parts = CataloguePart.cut(4, 1, Bytes.random(1000, 1));
        List<CataloguePart> others = CataloguePart.cut(4, 1, Bytes.random(1000, 2));
        assertEquals(Optional.empty(), CataloguePart.join(parts.subList(0, 2)));
        assertEquals(Optional.empty(), CataloguePart.join(parts.subList(1, 3)));
        assertEquals(
                Optional.empty(),
                CataloguePart.join(List.of(parts.get(0), parts.get(2), parts.get(1))));
        assertEquals(
                Optional.empty(),
                CataloguePart.join(List.of(parts.get(0), others.get(1), parts.get(2))));
        assertEquals(Optional.empty(), CataloguePart.join(List.of()));
    }

    @Test
    void aPartInACodingOfALaterVersionIsNoRecord() {
        CataloguePart part = CataloguePart.cut(4, 1, new byte[] {1}).getFirst();
        assertEquals(
                Optional.empty(),
                CataloguePart.join(
                        List.of(new CataloguePart(4, 2, 1, 0, 1, part.checksum(), part.bytes()))));
    }

    @Test
    void aSlotThatSaysItHasMoreThanFitsIsRefused() {
        CataloguePart.cut(4, 1, new byte[] {1}).getFirst().write(block, 7);
        block.putShort(32 + 7 * 508 + 12, (short) 495);
        assertThrows(IllegalArgumentException.class, () -> CataloguePart.read(block, 7));
    }

    @Test
    void fieldsReadAsWritten() {
        List<CatalogueField> fields =
                List.of(
                        new CatalogueField(1, new byte[0]),
                        new CatalogueField(65535, Bytes.random(70_000, 1)),
                        new CatalogueField(1, new byte[] {1}));
        assertEquals(fields, CatalogueField.split(CatalogueField.join(fields)));
    }

    @Test
    void fieldsThatDoNotFitAreRefused() {
        byte[] record = CatalogueField.join(List.of(new CatalogueField(1, new byte[] {1, 2})));
        for (int length = 1; length < record.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(record, length);
            assertThrows(IllegalArgumentException.class, () -> CatalogueField.split(cut));
        }
        record[5] = (byte) 0x80; // a negative length
        assertThrows(IllegalArgumentException.class, () -> CatalogueField.split(record));
    }
}
