package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Goal: snapshots are taken, shown, cloned and deleted; contents are those of their time. */
class SnapshotCommandsTest extends CommandTestBase {
    private final byte[] first = noise(1, MIB);
    private final byte[] second = noise(2, MIB);

    @BeforeEach
    void makeVolumeWithSnapshot() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        write("v", 0, first);
        assertEquals("Took snapshot v@1\n", dbsctl("snapshot", "create", "v"));
        write("v", 0, second);
    }

    @Test
    void theListShowsTheChainHeadFirst() throws Exception {
        var layers = Json.objects(dbsctl("snapshot", "list", "v", "-o", "json"));
        assertEquals(
                List.of(
                        "name",
                        "volume",
                        "id",
                        "parentId",
                        "createdAt",
                        "head",
                        "ownBytes",
                        "snapshotName",
                        "sizeBytes",
                        "uuid",
                        "labels"),
                List.copyOf(layers.getFirst().keySet()));
        assertEquals(
                List.of("v@2", "v@1"), layers.stream().map(layer -> layer.get("name")).toList());
        assertEquals(
                List.of(true, false), layers.stream().map(layer -> layer.get("head")).toList());
        assertEquals(1L, layers.getFirst().get("parentId"));
        assertEquals(null, layers.getLast().get("parentId"));
        assertEquals((long) MIB, layers.getLast().get("ownBytes"));
        dbsctl("volume", "create", "w", "1M");
        assertEquals(3, Json.objects(dbsctl("snapshot", "list", "-o", "json")).size());
    }

    @Test
    void aSnapshotIsTakenAndDescribed() throws Exception {
        var taken = Json.object(dbsctl("snapshot", "create", "v", "-o", "json"));
        assertEquals(2L, taken.get("id"));
        assertEquals(false, taken.get("head"));
        failing(ExitCode.NOT_FOUND, "snapshot", "create", "w");
    }

    @Test
    void aCloneHoldsWhatItsSourceHeld() throws Exception {
        assertEquals("Cloned v@1 into volume old\n", dbsctl("snapshot", "clone", "v@1", "old"));
        assertArrayEquals(first, contents("old"));
        dbsctl("snapshot", "clone", "v", "new");
        assertArrayEquals(second, contents("new"));
        failing(ExitCode.EXISTS, "snapshot", "clone", "v@1", "new");
        failing(ExitCode.NOT_FOUND, "snapshot", "clone", "v@9", "other");
        failing(ExitCode.NOT_FOUND, "snapshot", "clone", "v@x", "other");
        failing(ExitCode.USAGE, "snapshot", "clone", "v@", "other");
        failing(ExitCode.USAGE, "snapshot", "clone", "v@65536", "other");
    }

    @Test
    void aSnapshotIsDeletedByNameOrNumberOnceConfirmed() throws Exception {
        dbsctl("snapshot", "create", "v");
        assertEquals(
                "dbsctl: snapshot v@1 will be lost; nothing was changed; --yes does it\n",
                failing(ExitCode.USAGE, "snapshot", "delete", "1"));
        assertEquals("Deleted snapshot v@1\n", dbsctl("snapshot", "delete", "1", "--yes"));
        assertEquals("Deleted snapshot v@2\n", dbsctl("snapshot", "delete", "v@2", "--yes"));
        assertEquals(1, Json.objects(dbsctl("snapshot", "list", "-o", "json")).size());
        assertArrayEquals(second, contents("v"));
    }

    @Test
    void theHeadAndStrangersAreNotDeleted() throws Exception {
        dbsctl("volume", "create", "w", "1M");
        String before = dbsctl("snapshot", "list");
        assertEquals(
                "dbsctl: v@2 is the head of its volume; choose an older snapshot, or delete the"
                        + " volume\n",
                failing(ExitCode.USAGE, "snapshot", "delete", "v@2", "--yes"));
        assertEquals(
                "dbsctl: there is no snapshot w@1; 'dbsctl snapshot list' shows them\n",
                failing(ExitCode.NOT_FOUND, "snapshot", "delete", "w@1", "--yes"));
        failing(ExitCode.NOT_FOUND, "snapshot", "delete", "99", "--yes");
        failing(ExitCode.NOT_FOUND, "snapshot", "delete", "x@1", "--yes");
        failing(ExitCode.USAGE, "snapshot", "delete", "v", "--yes");
        failing(ExitCode.USAGE, "snapshot", "delete", "0", "--yes");
        assertEquals(before, dbsctl("snapshot", "list"));
        assertFalse(before.isEmpty());
    }

    @Test
    void aSnapshotIsNamedAndFoundByItsName() throws Exception {
        assertEquals("Took snapshot v@nightly\n", dbsctl("snapshot", "create", "v@nightly"));
        failing(ExitCode.EXISTS, "snapshot", "create", "v@nightly");
        failing(ExitCode.USAGE, "snapshot", "create", "v@7");
        var layers = Json.objects(dbsctl("snapshot", "list", "v", "-o", "json"));
        assertEquals("v@nightly", layers.get(1).get("name"));
        assertEquals("nightly", layers.get(1).get("snapshotName"));
        assertEquals(null, layers.get(2).get("snapshotName"));
        assertEquals((long) MIB, layers.get(1).get("sizeBytes"));
        assertEquals(
                "Renamed v@nightly to v@old\n", dbsctl("snapshot", "rename", "v@nightly", "old"));
        assertEquals("Renamed v@1 to v@first\n", dbsctl("snapshot", "rename", "v@1", "first"));
        failing(ExitCode.EXISTS, "snapshot", "rename", "v@first", "old");
        failing(ExitCode.NOT_FOUND, "snapshot", "rename", "v@nightly", "x");
        failing(ExitCode.USAGE, "snapshot", "rename", "v", "x");
        failing(ExitCode.USAGE, "snapshot", "rename", "v@3", "x"); // the head
        dbsctl("snapshot", "clone", "v@first", "copy");
        assertArrayEquals(first, contents("copy"));
        assertEquals(
                "Deleted snapshot v@first\n", dbsctl("snapshot", "delete", "v@first", "--yes"));
        failing(ExitCode.NOT_FOUND, "snapshot", "delete", "v@first", "--yes");
        failing(ExitCode.USAGE, "snapshot", "delete", "first", "--yes");
    }

    @Test
    void severalVolumesAreOneInstantOrNone() throws Exception {
        dbsctl("volume", "create", "w", "1M");
        failing(ExitCode.NOT_FOUND, "snapshot", "create", "v@g", "w@g", "x@g");
        assertEquals("Took snapshots v@g, w@g\n", dbsctl("snapshot", "create", "v@g", "w@g"));
        var taken = Json.objects(dbsctl("snapshot", "create", "v@h", "w", "-o", "json"));
        assertEquals(List.of("v", "w"), taken.stream().map(row -> row.get("volume")).toList());
        assertEquals(taken.getFirst().get("createdAt"), taken.getLast().get("createdAt"));
    }

    @Test
    void labelsAreSetAndRemoved() throws Exception {
        assertEquals("Labelled v@1\n", dbsctl("snapshot", "label", "v@1", "keep=30d", "by=ann"));
        dbsctl("snapshot", "label", "v@1", "by-");
        dbsctl("volume", "label", "v", "tier=gold", "note=a=b");
        assertTrue(dbsctl("snapshot", "list", "v", "-o", "json").contains("\"keep\" : \"30d\""));
        String volume = dbsctl("volume", "info", "v");
        assertTrue(volume.contains("note=a=b") && volume.contains("tier=gold"), volume);
        failing(ExitCode.USAGE, "volume", "label", "v", "tier");
        failing(ExitCode.USAGE, "volume", "label", "v", "=gold");
        failing(ExitCode.USAGE, "volume", "label", "v");
        failing(ExitCode.NOT_FOUND, "snapshot", "label", "v@9", "a=b");
    }
}
