package org.dbstore.tests.fuzz;

import org.dbstore.backend.format.CatalogueBlock;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Makes the checksums of a damaged device right again, as somebody would who means harm: then the
 * damage is not rot any more, and only what the fields say can give it away.
 */
final class Seals {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final int IDENTITY_SEAL = 48;
    private static final int FEATURES = 52;
    private static final int FEATURES_SEAL = 56;
    private static final int RESERVED_SEAL = 84;
    private static final int RESERVED_LIST = 88;
    private static final int MIRROR_SEAL = 28;
    private static final int MIRROR_SUMS = 64;
    private static final int CATALOGUE_SEAL = 4;
    private static final int JOURNAL_SEAL = 44;
    private static final int JOURNAL_COUNT = 40;

    /** With what the fields of the superblock are sealed. */
    enum Kind {
        /** CRC32, as they are written. */
        PRESENT,
        /** CRC32C, as they were once, and still are on devices of that time. */
        FORMER;

        private Checksum ofFields() {
            return switch (this) {
                case PRESENT -> new CRC32();
                case FORMER -> new CRC32C();
            };
        }
    }

    private final ImageDevice device;
    private final Kind kind;
    private final Geometry geometry = new Geometry(Images.DEVICE_BYTES);

    private Seals(ImageDevice device, Kind kind) {
        this.device = device;
        this.kind = kind;
    }

    /** Seals all that is there. */
    static void mend(ImageDevice device, ReservedExtents reserved, Kind kind) {
        Seals seals = new Seals(device, kind);
        seals.superblock();
        seals.journal(seals.geometry.extentOffset(reserved.journal()));
        for (int i = 0; i < reserved.catalogue().size(); i++) {
            seals.catalogue(
                    seals.geometry.extentOffset(reserved.catalogue().get(i)),
                    i / 2 * Geometry.EXTENT_BLOCKS);
        }
        for (int i = 0; i < reserved.mirrors().size(); i++) {
            seals.mirror(seals.geometry.extentOffset(reserved.mirrors().get(i)), i);
        }
    }

    private void superblock() {
        ByteBuffer block = device.get(0, BLOCK);
        seal(0, IDENTITY_SEAL, sum(kind.ofFields(), block.slice(24, 24)));
        if (block.getInt(FEATURES) != 0) {
            seal(0, FEATURES_SEAL, sum(kind.ofFields(), device.get(24, 32)));
        }
        int count = block.getInt(76) + 2 * block.getInt(80);
        if (count >= 0 && count <= (BLOCK - RESERVED_LIST) / 4) {
            seal(
                    0,
                    RESERVED_SEAL,
                    crc(
                            block.slice(64, RESERVED_SEAL - 64),
                            block.slice(RESERVED_LIST, 4 * count)));
        }
    }

    private void journal(long offset) {
        for (int at = 0; at < Geometry.EXTENT_BLOCKS; at++) {
            long record = offset + (long) at * BLOCK;
            ByteBuffer header = device.get(record, BLOCK);
            int count = header.getInt(JOURNAL_COUNT);
            int inHalf = at % JournalRecord.HALF_BLOCKS;
            if (header.get(0) == 'D'
                    && header.get(1) == 'B'
                    && count >= 0
                    && count < JournalRecord.HALF_BLOCKS - inHalf) {
                seal(record, JOURNAL_SEAL, 0);
                seal(record, JOURNAL_SEAL, crc(device.get(record, (1 + count) * BLOCK)));
            }
        }
    }

    private void catalogue(long offset, int firstNumber) {
        for (int i = 0; i < Geometry.EXTENT_BLOCKS; i++) {
            ByteBuffer block = device.get(offset + (long) i * BLOCK, CatalogueBlock.BYTES);
            if (block.getInt(0) == 0) {
                continue;
            }
            ByteBuffer number =
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(0, firstNumber + i);
            seal(
                    offset + (long) i * BLOCK,
                    CATALOGUE_SEAL,
                    crc(number, block.slice(8, CatalogueBlock.BYTES - 8)));
        }
    }

    /** The copies become what the homes are. */
    private void mirror(long offset, int index) {
        int metadataBlocks = (int) (geometry.dataOffset() / BLOCK);
        for (int i = 0; i < MirrorHeader.BLOCKS; i++) {
            long home = (long) index * MirrorHeader.BLOCKS + i;
            if (home < metadataBlocks) {
                byte[] block = device.bytes(home * BLOCK, BLOCK);
                device.put(offset + (1L + i) * BLOCK, block);
                seal(offset, MIRROR_SUMS + 4 * i, crc(ByteBuffer.wrap(block)));
            }
        }
        seal(offset, MIRROR_SEAL, 0);
        seal(offset, MIRROR_SEAL, crc(device.get(offset, BLOCK)));
    }

    private void seal(long block, int field, int value) {
        device.put(
                block + field,
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    private static int crc(ByteBuffer... parts) {
        return sum(new CRC32C(), parts);
    }

    private static int sum(Checksum checksum, ByteBuffer... parts) {
        for (ByteBuffer part : parts) {
            checksum.update(part.duplicate());
        }
        return (int) checksum.getValue();
    }
}
