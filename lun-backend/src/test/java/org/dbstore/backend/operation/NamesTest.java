package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.catalogue.DerivedIds;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Goal: names, labels and times are what the user said; identities never change. */
class NamesTest {
    private final MemoryBlockDevice device = Stores.initialized();
    private BlockStore store = Stores.open(device);

    NamesTest() throws BackendException {}

    @AfterEach
    void closeStore() throws BackendException {
        store.close();
    }

    private void reopen() throws BackendException {
        store.close();
        store = Stores.open(device);
        assertEquals(List.of(), store.findings());
    }

    private SnapshotInfo snapshot(String volume, int id) throws BackendException {
        return store.snapshots(volume).stream()
                .filter(layer -> layer.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private UUID openUuid(int snapshotId) throws BackendException {
        Volume view = store.openSnapshot(snapshotId);
        store.release(view);
        return view.uuid();
    }

    @Test
    void theIdentityOfAVolumeOutlastsItsNameAndIsNobodyElses() throws Exception {
        store.createVolume("a", MIB);
        UUID uuid = store.volume("a").uuid();
        Volume view = store.openVolume("a");
        assertEquals(uuid, view.uuid());
        store.renameVolume("a", "b");
        assertEquals(uuid, view.uuid());
        store.release(view);
        reopen();
        assertEquals(uuid, store.volume("b").uuid());
        store.deleteVolume("b");
        store.createVolume("b", MIB);
        assertNotEquals(uuid, store.volume("b").uuid());
    }

    @Test
    void volumesAndSnapshotsOfADeviceWithoutACatalogueKeepTheirIdentities() throws Exception {
        UUID deviceId = store.info().deviceId();
        store.close();
        store = Stores.openPlain(device);
        store.createVolume("old", MIB);
        int id = store.createSnapshot("old");
        store.close();
        store = Stores.open(device);
        UUID volume = DerivedIds.volume(deviceId, "old");
        UUID snapshot = DerivedIds.snapshot(deviceId, "old", id);
        assertEquals(volume, store.volume("old").uuid());
        assertEquals(snapshot, openUuid(id));
        store.renameVolume("old", "new");
        reopen();
        assertEquals(volume, store.volume("new").uuid());
        assertEquals(snapshot, openUuid(id));
        store.renameSnapshot(id, "s");
        store.renameVolume("new", "newer");
        reopen();
        assertEquals(volume, store.volume("newer").uuid());
        assertEquals(snapshot, openUuid(store.snapshotId("newer", "s")));
        assertEquals(Optional.empty(), store.volume("newer").createdAt());
    }

    @Test
    void aSnapshotIsFoundByNameAndById() throws Exception {
        store.createVolume("v", MIB);
        int named = store.createSnapshot("v", "nightly");
        int unnamed = store.createSnapshot("v");
        reopen();
        assertEquals(named, store.snapshotId("v", "nightly"));
        assertEquals(named, store.snapshotId("v", Integer.toString(named)));
        assertEquals(unnamed, store.snapshotId("v", Integer.toString(unnamed)));
        assertEquals(Optional.of("nightly"), snapshot("v", named).name());
        assertEquals(Optional.empty(), snapshot("v", unnamed).name());
        Volume view = store.openSnapshot(named);
        assertEquals("v@nightly", view.name());
        store.release(view);
        assertFails(BackendError.NOT_FOUND, () -> store.snapshotId("v", "weekly"));
        int head = store.volume("v").headSnapshotId();
        assertFails(BackendError.NOT_FOUND, () -> store.snapshotId("v", Integer.toString(head)));
    }

    @Test
    void namesAreUniqueWithinAVolume() throws Exception {
        store.createVolume("v", MIB);
        store.createVolume("w", MIB);
        int first = store.createSnapshot("v", "a");
        store.createSnapshot("w", "a");
        int before = store.info().snapshotCount();
        assertFails(BackendError.ALREADY_EXISTS, () -> store.createSnapshot("v", "a"));
        int second = store.createSnapshot("v", "b");
        assertFails(BackendError.ALREADY_EXISTS, () -> store.renameSnapshot(second, "a"));
        assertEquals(before + 1, store.info().snapshotCount());
        store.deleteSnapshot(first);
        store.renameSnapshot(second, "a");
        reopen();
        assertEquals(second, store.snapshotId("v", "a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "123456", "a/b", "a@b", "#1", "a\nb"})
    void namesThatMeanSomethingElseAreRefused(String name) throws Exception {
        store.createVolume("v", MIB);
        assertFails(BackendError.INVALID, () -> store.createSnapshot("v", name));
        int id = store.createSnapshot("v", "fine");
        assertFails(BackendError.INVALID, () -> store.renameSnapshot(id, name));
    }

    @Test
    void aNameHasUpTo255Bytes() throws Exception {
        store.createVolume("v", MIB);
        String longest = "ä".repeat(127) + "x";
        int id = store.createSnapshot("v", longest);
        reopen();
        assertEquals(id, store.snapshotId("v", longest));
        assertFails(BackendError.INVALID, () -> store.renameSnapshot(id, longest + "x"));
    }

    @Test
    void theIdentityOfASnapshotOutlastsItsNameAndOthersDeletion() throws Exception {
        store.createVolume("v", MIB);
        int older = store.createSnapshot("v", "older");
        int id = store.createSnapshot("v", "a");
        UUID uuid = openUuid(id);
        store.renameSnapshot(id, "b");
        store.deleteSnapshot(older);
        reopen();
        assertEquals(uuid, openUuid(id));
        assertEquals(uuid, snapshot("v", id).uuid());
        assertNotEquals(uuid, store.volume("v").uuid());
    }

    @Test
    void theHeadHasNoNameToGive() throws Exception {
        store.createVolume("v", MIB);
        int head = store.volume("v").headSnapshotId();
        assertFails(BackendError.BUSY, () -> store.renameSnapshot(head, "a"));
        assertFails(BackendError.NOT_FOUND, () -> store.renameSnapshot(999, "a"));
        assertEquals(store.volume("v").uuid(), snapshot("v", head).uuid());
    }

    @Test
    void timesAreThoseOfTheCreation() throws Exception {
        Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
        store.createVolume("v", MIB);
        int id = store.createSnapshot("v");
        Instant after = Instant.now();
        store.renameVolume("v", "w");
        reopen();
        for (Instant time :
                List.of(
                        store.volume("w").createdAt().orElseThrow(),
                        snapshot("w", id).createdAt())) {
            assertFalse(time.isBefore(before));
            assertFalse(time.isAfter(after));
        }
        assertTrue(Duration.between(before, after).toSeconds() < 60);
        assertEquals(MIB, snapshot("w", id).sizeBytes());
    }

    @Test
    void labelsAreSetChangedAndRemoved() throws Exception {
        store.createVolume("v", MIB);
        int id = store.createSnapshot("v");
        store.labelVolume("v", Map.of("tier", "gold", "owner", "ann"), Set.of());
        store.labelVolume("v", Map.of("tier", "silver"), Set.of("owner", "absent"));
        store.labelSnapshot(id, Map.of("keep", "yes"), Set.of());
        store.renameVolume("v", "w");
        store.renameSnapshot(id, "s");
        reopen();
        assertEquals(Map.of("tier", "silver"), store.volume("w").labels());
        assertEquals(Map.of("keep", "yes"), snapshot("w", id).labels());
        store.labelSnapshot(id, Map.of(), Set.of("keep"));
        assertEquals(Map.of(), snapshot("w", id).labels());
    }

    @Test
    void labelsHaveLimits() throws Exception {
        store.createVolume("v", MIB);
        String key = "k".repeat(63);
        String value = "v".repeat(255);
        store.labelVolume("v", Map.of(key, value), Set.of());
        for (Map<String, String> wrong :
                List.of(
                        Map.of("", ""),
                        Map.of(key + "k", ""),
                        Map.of("k", value + "v"),
                        Map.of("a=b", ""),
                        Map.of("a", "\u0000"))) {
            assertFails(BackendError.INVALID, () -> store.labelVolume("v", wrong, Set.of()));
        }
        for (int i = 1; i < ChangeLabels.COUNT_MAX; i++) {
            store.labelVolume("v", Map.of("k" + i, value), Set.of());
        }
        assertFails(BackendError.LIMIT, () -> store.labelVolume("v", Map.of("more", ""), Set.of()));
        reopen();
        assertEquals(ChangeLabels.COUNT_MAX, store.volume("v").labels().size());
        assertEquals(value, store.volume("v").labels().get(key));
    }

    @Test
    void aCloneIsAnotherVolume() throws Exception {
        store.createVolume("v", MIB);
        store.labelVolume("v", Map.of("a", "b"), Set.of());
        int id = store.createSnapshot("v", "s");
        store.cloneSnapshot(id, "c", ProgressListener.NONE);
        reopen();
        assertNotEquals(store.volume("v").uuid(), store.volume("c").uuid());
        assertEquals(Map.of(), store.volume("c").labels());
        assertEquals(1, store.snapshots("v").stream().filter(s -> s.name().isPresent()).count());
    }

    @Test
    void withoutAJournalNothingIsNamedAndAllElseWorks() throws Exception {
        store.close();
        store = Stores.openPlain(device);
        store.createVolume("v", MIB);
        int id = store.createSnapshot("v");
        assertFails(BackendError.NO_SPACE, () -> store.createSnapshot("v", "a"));
        assertFails(BackendError.NO_SPACE, () -> store.renameSnapshot(id, "a"));
        assertFails(BackendError.NO_SPACE, () -> store.labelVolume("v", Map.of("a", ""), Set.of()));
        assertFails(BackendError.NO_SPACE, () -> store.setScsiState("v", new byte[1]));
        Volume view = store.openVolume("v");
        view.markDirty();
        store.release(view);
        store.renameVolume("v", "w");
        store.deleteSnapshot(id);
        store.deleteVolume("w");
        assertEquals(List.of(), store.volumes());
    }
}
