package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** Goal: the operator learns what uses the space and what a deletion wins, before it is done. */
class SpaceCommandsTest extends CommandTestBase {
    @Test
    void whatADryRunForetellsIsWhatHappens() throws Exception {
        dbsctl("volume", "create", "v", "8M");
        write("v", 0, noise(1, 3 * MIB));
        dbsctl("snapshot", "create", "v");
        write("v", 0, noise(2, 2 * MIB));
        dbsctl("volume", "create", "w", "8M");
        write("w", 0, noise(3, MIB));
        var space = Json.object(dbsctl("device", "space", "-o", "json"));
        assertEquals(6L * MIB, space.get("usedBytes"));
        assertEquals(6L * MIB, space.get("exclusiveBytes"));
        assertEquals(
                List.of(5L * MIB, 1L * MIB),
                Json.objects(dbsctl("volume", "space", "-o", "json")).stream()
                        .map(volume -> volume.get("exclusiveBytes"))
                        .toList());
        var layers = Json.objects(dbsctl("volume", "space", "v", "-o", "json"));
        assertEquals(List.of(true, false), layers.stream().map(l -> l.get("head")).toList());
        assertEquals(2L * MIB, layers.get(1).get("exclusiveBytes"));
        assertEquals(1L * MIB, layers.get(1).get("sharedBytes"));
        String before = deviceDigest();
        var win = Json.object(dbsctl("snapshot", "delete", "v@1", "--dry-run", "-o", "json"));
        assertEquals(Map.of("name", "v@1", "freedBytes", 2L * MIB), win);
        assertEquals(
                "Deleting volume v would free 5 MiB\n",
                dbsctl("volume", "delete", "v", "--dry-run"));
        assertEquals(before, deviceDigest());
        dbsctl("snapshot", "delete", "v@1", "--yes");
        space = Json.object(dbsctl("device", "space", "-o", "json"));
        assertEquals(4L * MIB, space.get("usedBytes"));
    }

    @Test
    void aVacuumDoesWhatItsDryRunForetells() throws Exception {
        dbsctl("volume", "create", "gone", "8M");
        write("gone", 0, noise(1, 8 * MIB));
        dbsctl("volume", "create", "v", "8M");
        write("v", 0, noise(2, 5 * MIB));
        byte[] contents = contents("v");
        dbsctl("volume", "delete", "gone", "--yes");
        String before = deviceDigest();
        var plan = Json.object(dbsctl("device", "vacuum", "--dry-run", "-o", "json"));
        assertEquals(before, deviceDigest());
        assertEquals(5L, plan.get("movedExtents"));
        String sentence = dbsctl("device", "vacuum");
        assertTrue(sentence.startsWith("Moved 5 extents and freed 0; "), sentence);
        assertArrayEquals(contents, contents("v"));
        var again = Json.object(dbsctl("device", "vacuum", "-o", "json"));
        assertEquals(0L, again.get("movedExtents"));
        assertEquals(0L, again.get("keptExtents"));
        assertEquals(true, again.get("complete"));
        assertEquals(plan.get("endExtentAfter"), again.get("endExtentBefore"));
        assertEquals(5L, again.get("usedExtentsAfter"));
    }
}
