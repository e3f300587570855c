package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.Tables;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Frees layers that belong to no volume and hold nothing: a power loss in the middle of creating or
 * deleting leaves such. Layers connected by parenthood to one that holds extents stay with it, as
 * that may be the rest of a volume whose entry was lost.
 */
final class EmptyLayers {
    private final Management management;
    private final Directory directory;
    private final BitSet reachable;
    private final BitSet owners;
    private int[] groupOf = {};

    EmptyLayers(Management management, BitSet reachable, BitSet owners) {
        this.management = management;
        this.directory = management.directory();
        this.reachable = reachable;
        this.owners = owners;
    }

    void free() throws BackendException {
        if (allReachable()) {
            return;
        }
        BitSet groupsWithExtents = new BitSet();
        groupOf = new int[Geometry.SNAPSHOT_ID_MAX + 1];
        for (int id = 1; id < groupOf.length; id++) {
            groupOf[id] = id;
        }
        for (int id = 1; id < groupOf.length; id++) {
            Layer layer = directory.layer(id);
            if (layer != null && !reachable.get(id)) {
                int parent = layer.entry().parentId();
                if (parent != 0 && !reachable.get(parent)) {
                    groupOf[group(id)] = group(parent);
                }
            }
        }
        owners.stream()
                .filter(id -> !reachable.get(id))
                .forEach(id -> groupsWithExtents.set(group(id)));
        List<Integer> empty = new ArrayList<>();
        for (int id = 1; id < groupOf.length; id++) {
            if (directory.layer(id) != null
                    && !reachable.get(id)
                    && !groupsWithExtents.get(group(id))) {
                empty.add(id);
            }
        }
        if (!empty.isEmpty()) {
            Transaction freeing = new Transaction();
            Tables.clearSnapshots(freeing, empty);
            management.commit(freeing);
            empty.forEach(directory::removeLayer);
        }
    }

    private boolean allReachable() {
        for (int id = directory.nextId(1); id > 0; id = directory.nextId(id + 1)) {
            if (!reachable.get(id)) {
                return false;
            }
        }
        return true;
    }

    private int group(int id) {
        int representative = id;
        while (groupOf[representative] != representative) {
            groupOf[representative] = groupOf[groupOf[representative]];
            representative = groupOf[representative];
        }
        return representative;
    }
}
