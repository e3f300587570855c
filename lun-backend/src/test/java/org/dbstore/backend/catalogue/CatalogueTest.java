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
import org.dbstore.backend.commit.Transactions;
import org.dbstore.backend.format.CatalogueField;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Goal: what was committed is read again, and nothing else. */
class CatalogueTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_123L);
    private static final UUID OWNER = new UUID(3, 4);

    private final Extents extents = new Extents(2);
    private Catalogue catalogue = extents.load();

    CatalogueTest() throws BackendException {}

    private void putSnapshot(int id, SnapshotFacts facts) throws BackendException {
        Transaction transaction = new Transaction();
        catalogue.putSnapshot(transaction, id, 77, facts);
        extents.commit(catalogue, transaction);
    }

    private void putScsiState(int slot, byte[] state) throws BackendException {
        Transaction transaction = new Transaction();
        catalogue.putScsiState(transaction, slot, state);
        extents.commit(catalogue, transaction);
    }

    private void reload() throws BackendException {
        catalogue = extents.load();
        assertEquals(List.of(), catalogue.findings());
    }

    private static SnapshotFacts named(String name) {
        return SnapshotFacts.taken(Optional.of(name), OWNER, 5 << 20, NOW);
    }

    @Test
    void factsOfAVolumeAreReadAsTheyWerePut() throws Exception {
        VolumeFacts facts =
                VolumeFacts.created("före", NOW).withLabels(Map.of("tier", "gold", "empty", ""));
        Transaction transaction = new Transaction();
        catalogue.putVolume(transaction, 255, "efter", facts);
        extents.commit(catalogue, transaction);
        reload();
        assertEquals(Optional.of(facts), catalogue.volume(255, "efter"));
        assertEquals(Optional.empty(), catalogue.volume(254, "efter"));
    }

    @Test
    void factsOfASnapshotAreReadAsTheyWerePut() throws Exception {
        SnapshotFacts all = named("nightly").withLabels(Map.of("keep", "7 days"));
        SnapshotFacts few = SnapshotFacts.NONE.identified(new UUID(5, 6), OWNER);
        putSnapshot(1, all);
        putSnapshot(65535, few);
        reload();
        assertEquals(Optional.of(all), catalogue.snapshot(1, 77));
        assertEquals(Optional.of(few), catalogue.snapshot(65535, 77));
    }

    @Test
    void aRecordIsNotOfAVolumeWithAnotherNameNorOfALayerOfAnotherTime() throws Exception {
        Transaction transaction = new Transaction();
        catalogue.putVolume(transaction, 0, "old", VolumeFacts.created("old", NOW));
        extents.commit(catalogue, transaction);
        putSnapshot(1, named("a"));
        reload();
        assertEquals(Optional.empty(), catalogue.volume(0, "new"));
        assertEquals(Optional.empty(), catalogue.snapshot(1, 78));
    }

    @Test
    void whatWasPutForATransactionThatIsGivenUpIsNotThere() throws Exception {
        SnapshotFacts before = named("before");
        SnapshotFacts after = named("after");
        putSnapshot(1, before);
        Transaction given = new Transaction();
        catalogue.putSnapshot(given, 1, 77, named("never"));
        catalogue.putVolume(given, 0, "v", VolumeFacts.created("v", NOW));

        catalogue.giveUp();

        assertEquals(Optional.of(before), catalogue.snapshot(1, 77));
        assertEquals(Optional.empty(), catalogue.volume(0, "v"));
        putSnapshot(2, after);
        reload();
        assertEquals(Optional.of(before), catalogue.snapshot(1, 77));
        assertEquals(Optional.of(after), catalogue.snapshot(2, 77));
    }

    @Test
    void ofABlockThatIsChangedManyTimesATransactionHoldsTheLast() throws Exception {
        Transaction many = new Transaction();
        SnapshotFacts first = named("first");
        SnapshotFacts last = named("last");
        catalogue.putSnapshot(many, 1, 77, first);
        catalogue.putSnapshot(many, 2, 77, named("goes"));
        catalogue.removeSnapshot(many, 2);
        catalogue.putSnapshot(many, 3, 77, last);
        assertEquals(1, Transactions.patchCount(many));
        extents.commit(catalogue, many);
        reload();
        assertEquals(Optional.of(first), catalogue.snapshot(1, 77));
        assertEquals(Optional.empty(), catalogue.snapshot(2, 77));
        assertEquals(Optional.of(last), catalogue.snapshot(3, 77));
    }

    @Test
    void fieldsOfALaterVersionAreKept() throws Exception {
        CatalogueField later = new CatalogueField(4711, new byte[] {1, 2, 3});
        SnapshotFacts known = named("a");
        putSnapshot(
                9,
                new SnapshotFacts(
                        known.uuid(),
                        known.name(),
                        known.owner(),
                        known.sizeBytes(),
                        known.createdAt(),
                        new TreeMap<>(),
                        List.of(later)));
        reload();
        putSnapshot(9, catalogue.snapshot(9, 77).orElseThrow().withLabels(Map.of("a", "b")));
        reload();
        assertEquals(List.of(later), catalogue.snapshot(9, 77).orElseThrow().unknownFields());
    }

    @Test
    void aScsiStateOf64KibIsReadAsItWasPutAndMayShrinkAndGo() throws Exception {
        byte[] large = Bytes.random(Catalogue.SCSI_STATE_BYTES_MAX, 1);
        putScsiState(7, large);
        reload();
        assertArrayEquals(large, catalogue.scsiState(7));
        putScsiState(7, new byte[] {42});
        reload();
        assertArrayEquals(new byte[] {42}, catalogue.scsiState(7));
        putScsiState(7, new byte[0]);
        reload();
        assertEquals(0, catalogue.scsiState(7).length);
    }

    @Test
    void aScsiStateOfMoreThan64KibIsRefused() {
        assertFails(
                BackendError.INVALID,
                () -> putScsiState(7, new byte[Catalogue.SCSI_STATE_BYTES_MAX + 1]));
    }

    @Test
    void whatShrinksOrGoesMakesRoom() throws Exception {
        for (int round = 0; round < 100; round++) { // 133 slots each, and a pair has 2048
            putScsiState(round % 2, Bytes.random(Catalogue.SCSI_STATE_BYTES_MAX, round));
            putScsiState(round % 2, new byte[round % 3]);
        }
        assertEquals(1, extents.pairs().size());
    }

    @Test
    void theDirtyMarkStaysUntilItIsCleared() throws Exception {
        UUID boot = UUID.randomUUID();
        Transaction marking = new Transaction();
        catalogue.putDirtyMark(marking, 3, boot);
        extents.commit(catalogue, marking);
        reload();
        assertEquals(Optional.of(boot), catalogue.dirtyMark(3));
        Transaction clearing = new Transaction();
        catalogue.clearDirtyMark(clearing, 3);
        extents.commit(catalogue, clearing);
        reload();
        assertEquals(Optional.empty(), catalogue.dirtyMark(3));
    }

    @Test
    void aVolumeGoesWithAllThatIsKnownOfIt() throws Exception {
        Transaction transaction = new Transaction();
        catalogue.putVolume(transaction, 3, "v", VolumeFacts.created("v", NOW));
        catalogue.putScsiState(transaction, 3, new byte[] {1});
        catalogue.putDirtyMark(transaction, 3, UUID.randomUUID());
        extents.commit(catalogue, transaction);
        Transaction removal = new Transaction();
        catalogue.removeVolume(removal, 3);
        extents.commit(catalogue, removal);
        reload();
        assertEquals(Optional.empty(), catalogue.volume(3, "v"));
        assertEquals(0, catalogue.scsiState(3).length);
        assertEquals(Optional.empty(), catalogue.dirtyMark(3));
    }

    @Test
    void itGrowsWhenItIsFullAndRefusesWhenItCannot() throws Exception {
        int slots = 2 * 256 * 8;
        Transaction filling = new Transaction();
        for (int id = 1; id <= slots; id++) {
            catalogue.putSnapshot(filling, id, 77, named("s" + id));
        }
        extents.commit(catalogue, filling);
        assertEquals(2, extents.pairs().size());
        assertFails(BackendError.NO_SPACE, () -> putSnapshot(slots + 1, named("one too many")));
        putSnapshot(1, named("replaced")); // takes no room
        reload();
        assertEquals("replaced", catalogue.snapshot(1, 77).orElseThrow().name().orElseThrow());
        for (int id = 2; id <= slots; id++) {
            assertEquals("s" + id, catalogue.snapshot(id, 77).orElseThrow().name().orElseThrow());
        }
        assertEquals(Optional.empty(), catalogue.snapshot(slots + 1, 77));
    }

    @Test
    void whatATransactionThatWasGivenUpHadIsForgotten() throws Exception {
        SnapshotFacts kept = named("kept");
        putSnapshot(1, kept);
        putScsiState(1, Bytes.random(3000, 1));
        Transaction givenUp = new Transaction();
        catalogue.putSnapshot(givenUp, 1, 77, named("changed"));
        catalogue.putSnapshot(givenUp, 2, 77, named("new"));
        catalogue.putScsiState(givenUp, 1, new byte[0]);
        catalogue.putScsiState(givenUp, 2, Bytes.random(9000, 2));
        putSnapshot(3, named("third"));
        for (int i = 0; i < 2; i++) {
            assertEquals(Optional.of(kept), catalogue.snapshot(1, 77));
            assertEquals(Optional.empty(), catalogue.snapshot(2, 77));
            assertTrue(catalogue.snapshot(3, 77).isPresent());
            assertArrayEquals(Bytes.random(3000, 1), catalogue.scsiState(1));
            assertEquals(0, catalogue.scsiState(2).length);
            reload();
        }
    }

    @Test
    void withoutRoomNothingIsKept() throws Exception {
        Catalogue none = new Extents(0).load();
        assertFalse(none.ensure());
        assertFails(
                BackendError.NO_SPACE,
                () -> none.putSnapshot(new Transaction(), 1, 77, named("a")));
        none.removeSnapshot(new Transaction(), 1);
        none.removeVolume(new Transaction(), 1);
        assertEquals(Optional.empty(), none.snapshot(1, 77));
    }
}
