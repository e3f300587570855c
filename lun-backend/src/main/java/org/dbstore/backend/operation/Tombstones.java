package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Frees extents without blocks that hide nothing: below them nothing is stored at their position.
 * What any view shows stays.
 */
final class Tombstones {
    private final Management management;
    private final ExtentTable table;
    private final BitSet layers;

    /**
     * Prepares the search. Where something is to be freed the caller holds the operations of the
     * volumes.
     *
     * @param layers whole trees
     */
    Tombstones(Management management, BitSet layers) {
        this.management = management;
        this.table = management.parts().table();
        this.layers = layers;
    }

    /** Frees them, durably; all that was freed before is durable. */
    void free() throws BackendException {
        Map<Long, List<Integer>> entries = entries();
        int[] removable =
                management.locked(() -> removable(entries)).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
        if (removable.length == 0) {
            return;
        }
        GuardedExtents guarded = new GuardedExtents(management);
        int at = 0;
        while (at < removable.length) {
            at = guarded.run(removable, at, (held, access) -> free(held, access, entries));
        }
        management.parts().commits().flush();
    }

    /** Finds what {@link #free} would free, with the management lock held. */
    List<Integer> find() {
        return removable(entries());
    }

    /** All entries for positions that have one without blocks. */
    private Map<Long, List<Integer>> entries() {
        Map<Long, List<Integer>> entries = new HashMap<>();
        table.scanAtOnce((extent, owner, position) -> {
            if (layers.get(owner) && table.mappedCount(extent) == 0) {
                entries.put(position, new ArrayList<>());
            }
        });
        if (!entries.isEmpty()) {
            table.scanAtOnce((extent, owner, position) -> {
                List<Integer> present = entries.get(position);
                if (present != null && layers.get(owner)) {
                    present.add(extent);
                }
            });
        }
        return entries;
    }

    private List<Integer> removable(Map<Long, List<Integer>> entries) {
        List<Integer> removable = new ArrayList<>();
        for (List<Integer> ofPosition : entries.values()) {
            for (int extent : ofPosition) {
                if (table.owner(extent) != 0
                        && table.mappedCount(extent) == 0
                        && below(table.owner(extent), ofPosition).stream()
                                .allMatch(under -> table.mappedCount(under) == 0)) {
                    removable.add(extent);
                }
            }
        }
        return removable;
    }

    private void free(
            List<GuardedExtents.Held> extents,
            GuardedExtents.Access access,
            Map<Long, List<Integer>> entries) {
        for (GuardedExtents.Held held : extents) {
            List<Integer> below =
                    below(held.owner(), entries.getOrDefault(held.position(), List.of()));
            boolean empty = !table.anyMapped(held.extent(), 0, Geometry.EXTENT_BLOCKS);
            if (empty && !table.isUncommitted(held.extent())) {
                access.replace(held, below.isEmpty() ? ExtentMap.NONE : below.getFirst());
                table.free(held.extent());
            }
        }
    }

    /** Of some extents of one position those in the ancestors of a layer, the nearest first. */
    private List<Integer> below(int owner, List<Integer> ofPosition) {
        List<Integer> below = new ArrayList<>();
        int[] chain = management.directory().chainIds(owner);
        for (int i = 1; i < chain.length; i++) {
            for (int extent : ofPosition) {
                if (table.owner(extent) == chain[i]) {
                    below.add(extent);
                }
            }
        }
        return below;
    }
}
