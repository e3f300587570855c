package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
