package org.dbstore.backend.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Goal: the checksums of journal and mirror see every change of a block, also one of fields that
 * bring their own checksum. Found by bin/crash-test after a million states.
 */
class NestedChecksumTest {
    private static final UUID DEVICE = new UUID(7, 8);

    private static ByteBuffer superblock(int features) {
        ByteBuffer block = block(1);
        new Superblock(Superblock.VERSION_GUARDED, 14, 100 << 20, Optional.of(DEVICE), features)
                .write(block);
        return block;
    }

    private static ByteBuffer block(int count) {
        return ByteBuffer.allocate(count * Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void superblocksThatDifferInTheirFeaturesHaveDifferentChecksums() {
        Set<Integer> checksums = new HashSet<>();
        for (int features = 1; features < 8; features++) {
            checksums.add(MirrorHeader.checksum(superblock(features)));
        }
        assertEquals(7, checksums.size());
    }

    @Test
    void aTornRecordWithTheSuperblockOfAnOlderOneIsNoRecord() {
        ByteBuffer record = block(2);
        record.put(
                Geometry.BLOCK_BYTES, superblock(Superblock.OPEN | Superblock.BRANCHED), 0, 4096);
        new JournalRecord(66, 66, 1, DEVICE, new long[] {0}).writeHeader(record);
        assertNotNull(JournalRecord.read(record, 0));
        record.put(Geometry.BLOCK_BYTES, superblock(Superblock.OPEN), 0, Geometry.BLOCK_BYTES);
        assertNull(JournalRecord.read(record, 0));
    }

    @Test
    void blocksThatDifferInTheSequenceOfTheStampHaveDifferentChecksums() {
        ByteBuffer older = block(1).put(0, CloseStamp.of(DEVICE, 5), 0, CloseStamp.BYTES);
        ByteBuffer newer = block(1).put(0, CloseStamp.of(DEVICE, 6), 0, CloseStamp.BYTES);
        assertNotEquals(MirrorHeader.checksum(older), MirrorHeader.checksum(newer));
    }

    @Test
    void whatABuildBeforeHasSealedIsStillRead() {
        ByteBuffer block = superblock(Superblock.OPEN);
        block.putInt(48, crc32c(block.slice(24, 24)));
        block.putInt(56, crc32c(block.slice(24, 32)));
        assertTrue(Superblock.read(block).isOpen());
        assertEquals(Optional.of(DEVICE), Superblock.read(block).identity());
        ByteBuffer stamp = CloseStamp.of(DEVICE, 5);
        stamp.putInt(32, crc32c(stamp.slice(0, 32)));
        assertTrue(CloseStamp.isValid(stamp, DEVICE));
    }

    private static int crc32c(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }
}
