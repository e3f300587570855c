package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Goal: volumes are made, shown, renamed and deleted; a refusal changes nothing. */
class VolumeCommandsTest extends CommandTestBase {
    @Test
    void aVolumeIsMadeWithItsSizeRoundedUp() throws Exception {
        assertEquals("Made volume v of 20 MiB\n", dbsctl("volume", "create", "v", "20MB"));
        var volume = Json.object(dbsctl("volume", "info", "v", "-o", "json"));
        assertEquals(
                List.of(
                        "name",
                        "sizeBytes",
                        "mappedBytes",
                        "snapshotCount",
                        "headSnapshotId",
                        "headCreatedAt",
                        "slot",
                        "createdAt",
                        "uuid",
                        "labels"),
                List.copyOf(volume.keySet()));
        assertEquals("v", volume.get("name"));
        assertEquals(20L * MIB, volume.get("sizeBytes"));
        assertEquals(0L, volume.get("mappedBytes"));
        assertEquals(1L, volume.get("snapshotCount"));
        assertEquals(0L, volume.get("slot"));
        assertTrue(String.valueOf(volume.get("headCreatedAt")).matches("[0-9T:.-]+Z"));
    }

    @Test
    void theListIsATableOrJson() throws Exception {
        dbsctl("volume", "create", "a", "1M");
        dbsctl("volume", "create", "long-name", "1.5GiB");
        List<String> lines = dbsctl("volume", "list").lines().toList();
        assertEquals(3, lines.size());
        assertTrue(
                lines.get(0).startsWith("NAME          SIZE  MAPPED  SNAPSHOTS  HEAD  HEAD SINCE"));
        assertTrue(
                lines.get(1).startsWith("a            1 MiB     0 B          1     1  20"),
                lines.get(1));
        assertTrue(
                lines.get(2).startsWith("long-name  1.5 GiB     0 B          1     2  20"),
                lines.get(2));
        assertTrue(dbsctl("volume", "list", "-H", "-b").startsWith("a\t1048576\t0\t1\t1\t"));
        var volumes = Json.objects(dbsctl("volume", "list", "-o", "json"));
        assertEquals("long-name", volumes.get(1).get("name"));
        assertEquals(3L << 29, volumes.get(1).get("sizeBytes"));
    }

    @Test
    void aVolumeIsRenamed() throws Exception {
        dbsctl("volume", "create", "a", "1M");
        assertEquals("Renamed a to b\n", dbsctl("volume", "rename", "a", "b"));
        assertEquals(
                "b", Json.objects(dbsctl("volume", "list", "-o", "json")).getFirst().get("name"));
    }

    @Test
    void aVolumeIsDeletedOnlyIfConfirmed() throws Exception {
        dbsctl("volume", "create", "a", "1M");
        String before = dbsctl("volume", "list", "-o", "json");
        assertEquals(
                "dbsctl: volume a with 0 B of data and 0 snapshots will be lost; nothing was"
                        + " changed; --yes does it\n",
                failing(ExitCode.USAGE, "volume", "delete", "a"));
        var terminal = new CapturedTerminal().answering("no");
        assertEquals(ExitCode.FAILED.number(), run(terminal, "volume", "delete", "a"));
        assertEquals(before, dbsctl("volume", "list", "-o", "json"));
        assertEquals(
                ExitCode.OK.number(),
                run(new CapturedTerminal().answering("YES"), "volume", "delete", "a"));
        assertEquals(0, Json.objects(dbsctl("volume", "list", "-o", "json")).size());
        dbsctl("volume", "create", "a", "1M");
        var deleted = Json.object(dbsctl("volume", "delete", "a", "--yes", "-o", "json"));
        assertEquals("a", deleted.get("name"));
    }

    @Test
    void whatCannotBeIsRefusedWithItsCode() throws Exception {
        dbsctl("volume", "create", "a", "1M");
        dbsctl("volume", "create", "b", "1M");
        var before = dbsctl("volume", "list", "-o", "json");
        failing(ExitCode.EXISTS, "volume", "create", "a", "1M");
        failing(ExitCode.EXISTS, "volume", "rename", "a", "b");
        failing(ExitCode.NOT_FOUND, "volume", "rename", "c", "d");
        failing(ExitCode.NOT_FOUND, "volume", "info", "c");
        failing(ExitCode.NOT_FOUND, "volume", "delete", "c", "--yes");
        failing(ExitCode.USAGE, "volume", "create", "a/b", "1M");
        failing(ExitCode.USAGE, "volume", "create", "a@1", "1M");
        failing(ExitCode.USAGE, "volume", "rename", "a", "x".repeat(256));
        failing(ExitCode.USAGE, "volume", "create", "c", "0");
        failing(ExitCode.USAGE, "volume", "create", "c");
        failing(ExitCode.USAGE, "volume", "create", "c", "1M", "d");
        assertEquals(before, dbsctl("volume", "list", "-o", "json"));
    }

    @Test
    void anErrorIsOneLineWithWhatToDo() {
        assertEquals(
                "dbsctl: Invalid value for positional parameter at index 1 (SIZE): '1X' has an"
                    + " unknown unit 'X'; use K, M, G, T, P, E (or KiB ...: powers of 1024) or KB,"
                    + " MB, GB ... (powers of 1000); see 'dbsctl volume create --help'\n",
                failing(ExitCode.USAGE, "volume", "create", "c", "1X"));
        String complaint = failing(ExitCode.NOT_FOUND, "volume", "info", "nosuch");
        assertTrue(complaint.startsWith("dbsctl: "), complaint);
        assertTrue(complaint.contains("nosuch"), complaint);
        assertTrue(
                complaint.endsWith(
                        "; 'dbsctl volume list' and 'dbsctl snapshot list' show what there is\n"),
                complaint);
        assertTrue(
                failing(ExitCode.NOT_FOUND, "volume", "info", "nosuch", "--debug")
                        .contains("\tat "));
    }

    @Test
    void anOddCommandGetsASuggestion() {
        assertEquals(
                "dbsctl: unknown command 'craete', did you mean 'create'?; see 'dbsctl volume"
                        + " --help'\n",
                failing(ExitCode.USAGE, "volume", "craete", "a", "1M"));
        assertEquals(
                "dbsctl: unknown option '--dvice', did you mean '--device'?; see 'dbsctl volume"
                        + " list --help'\n",
                failing(ExitCode.USAGE, "volume", "list", "--dvice", "x"));
        assertEquals(
                "dbsctl: 'x' is one argument too many; see 'dbsctl volume list --help'\n",
                failing(ExitCode.USAGE, "volume", "list", "x"));
        failing(ExitCode.USAGE, "volume");
        failing(ExitCode.USAGE);
    }

    @Test
    void aVolumeGrowsAndShrinks() throws Exception {
        dbsctl("volume", "create", "v", "4M");
        write("v", 3 * MIB, noise(1, 4096));
        assertEquals("Resized v to 8 MiB\n", dbsctl("volume", "resize", "v", "8M"));
        assertEquals(
                "dbsctl: v has 8 MiB already; --shrink makes it smaller\n",
                failing(ExitCode.USAGE, "volume", "resize", "v", "6M"));
        assertEquals("Resized v to 6 MiB\n", dbsctl("volume", "resize", "v", "6M", "--shrink"));
        assertEquals(
                "dbsctl: data of v beyond 2 MiB will be lost; nothing was changed; --yes does it\n",
                failing(ExitCode.USAGE, "volume", "resize", "v", "2M", "--shrink"));
        var resized =
                Json.object(
                        dbsctl("volume", "resize", "v", "2M", "--shrink", "--yes", "-o", "json"));
        assertEquals(2L * MIB, resized.get("sizeBytes"));
        assertEquals(0L, resized.get("mappedBytes"));
    }

    @Test
    void aVolumeIsRolledBackOnceConfirmed() throws Exception {
        dbsctl("volume", "create", "v", "2M");
        byte[] old = noise(1, 2 * MIB);
        write("v", 0, old);
        dbsctl("snapshot", "create", "v");
        byte[] present = noise(2, 2 * MIB);
        write("v", 0, present);
        assertEquals(
                "dbsctl: v will hold what v@1 holds; nothing was changed; --yes does it\n",
                failing(ExitCode.USAGE, "volume", "rollback", "v@1"));
        failing(ExitCode.USAGE, "volume", "rollback", "v", "--yes");
        failing(ExitCode.NOT_FOUND, "volume", "rollback", "v@9", "--yes");
        assertEquals(
                "Rolled back to v@1; what it held is v@2\n",
                dbsctl("volume", "rollback", "v@1", "--yes"));
        assertArrayEquals(old, contents("v"));
        assertEquals(
                "Rolled back to v@2\n", dbsctl("volume", "rollback", "v@2", "--discard", "-y"));
        assertArrayEquals(present, contents("v"));
    }

    @Test
    void aLinkedCloneIsFlattened() throws Exception {
        dbsctl("volume", "create", "v", "2M");
        byte[] bytes = noise(1, 2 * MIB);
        write("v", 0, bytes);
        dbsctl("snapshot", "create", "v");
        assertEquals(
                "Linked v@1 to volume c\n", dbsctl("snapshot", "clone", "v@1", "c", "--linked"));
        assertArrayEquals(bytes, contents("c"));
        assertEquals("Flattened c\n", dbsctl("volume", "flatten", "c"));
        dbsctl("volume", "delete", "v", "--yes");
        assertArrayEquals(bytes, contents("c"));
        failing(ExitCode.NOT_FOUND, "volume", "flatten", "x");
    }
}
