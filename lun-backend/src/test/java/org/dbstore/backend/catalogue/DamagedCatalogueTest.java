package org.dbstore.backend.catalogue;

import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.CatalogueBlock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Goal: a damaged block is never taken for something; the other copy of the pair counts. */
class DamagedCatalogueTest {
    private static final int RECORDS = 24; // fill blocks 0, 1 and 2

    private final Extents extents = new Extents(1);

    @BeforeEach
    void fill() throws BackendException {
        Catalogue catalogue = extents.load();
        Transaction transaction = new Transaction();
        for (int id = 1; id <= RECORDS; id++) {
            catalogue.putSnapshot(transaction, id, 77, named(id));
        }
        extents.commit(catalogue, transaction);
    }

    private static SnapshotFacts named(int id) {
        return SnapshotFacts.taken(
                        Optional.of("s" + id), new UUID(1, 1), 0, Instant.ofEpochMilli(id))
                .identified(new UUID(0, id), new UUID(1, 1));
    }

    private static void assertAllThere(Catalogue catalogue) throws BackendException {
        assertFalse(catalogue.isDamaged());
        for (int id = 1; id <= RECORDS; id++) {
            assertEquals("s" + id, catalogue.snapshot(id, 77).orElseThrow().name().orElseThrow());
        }
    }

    private static ByteBuffer flipped(ByteBuffer block, int at) {
        return block.put(at, (byte) (block.get(at) ^ 0x10));
    }

    @Test
    void oneDamagedCopyIsNoticedAndTheOtherCounts() throws Exception {
        extents.writeHome(0, flipped(extents.home(0), 700));
        extents.writeCopy(1, ByteBuffer.wrap(Bytes.random(CatalogueBlock.BYTES, 1)));
        Catalogue catalogue = extents.load();
        assertAllThere(catalogue);
        assertEquals(2, catalogue.findings().size());
    }

    @Test
    void oneDamagedCopyIsWrittenAnew() throws Exception {
        extents.writeHome(0, flipped(extents.home(0), 700));
        Catalogue catalogue = extents.load();
        Transaction repair = new Transaction();
        assertTrue(catalogue.repair(repair));
        extents.commit(catalogue, repair);
        Catalogue again = extents.load();
        assertAllThere(again);
        assertEquals(0, again.findings().size());
        assertFalse(again.repair(new Transaction()));
    }

    @Test
    void withBothCopiesDamagedTheRestIsThereAndNothingIsWrittenToIt() throws Exception {
        extents.writeHome(1, flipped(extents.home(1), 40));
        extents.writeCopy(1, flipped(extents.home(1), 41));
        Catalogue catalogue = extents.load();
        assertTrue(catalogue.isDamaged());
        assertEquals("s1", catalogue.snapshot(1, 77).orElseThrow().name().orElseThrow());
        assertEquals(Optional.empty(), catalogue.snapshot(9, 77));
        ByteBuffer before = extents.home(1);
        Transaction transaction = new Transaction();
        for (int id = 100; id < 120; id++) {
            catalogue.putSnapshot(transaction, id, 77, named(id));
        }
        extents.commitHomes(catalogue, transaction);
        assertEquals(before, extents.home(1));
    }

    @Test
    void theHigherSequenceCounts() throws Exception {
        Catalogue catalogue = extents.load();
        Transaction transaction = new Transaction();
        catalogue.removeSnapshot(transaction, 1);
        extents.commitHomes(catalogue, transaction);
        assertEquals(Optional.empty(), extents.load().snapshot(1, 77));
    }

    @Test
    void aBlockInAnothersPlaceIsDamaged() throws Exception {
        extents.writeHome(1, extents.home(0));
        extents.writeCopy(1, extents.home(0));
        assertTrue(extents.load().isDamaged());
    }

    @Test
    void aBlockOfAnotherDeviceIsDamaged() throws Exception {
        Catalogue catalogue = extents.load(new UUID(9, 9));
        assertTrue(catalogue.isDamaged());
        assertEquals(Optional.empty(), catalogue.snapshot(1, 77));
    }

    @Test
    void aRecordThatLacksAPartIsRefusedAndCanBeReplaced() throws Exception {
        Catalogue catalogue = extents.load();
        Transaction transaction = new Transaction();
        catalogue.putScsiState(transaction, 5, Bytes.random(20_000, 1)); // from block 3 on
        extents.commit(catalogue, transaction);
        extents.writeHome(4, flipped(extents.home(4), 40));
        extents.writeCopy(4, flipped(extents.home(4), 41));
        Catalogue damaged = extents.load();
        assertFails(BackendError.CORRUPT, () -> damaged.scsiState(5));
        Transaction replacement = new Transaction();
        damaged.putScsiState(replacement, 5, new byte[] {1});
        extents.commit(damaged, replacement);
        assertArrayEquals(new byte[] {1}, damaged.scsiState(5));
        assertArrayEquals(new byte[] {1}, extents.load().scsiState(5));
    }
}
