package org.dbstore.backend.operation;

import org.dbstore.backend.format.Geometry;

import java.util.HashMap;
import java.util.Map;

/**
 * Volumes that have layers in the same tree: what is done with one may concern the layers of the
 * others, so their operations come one after the other.
 */
public final class Families {
    private final int[] groupOf = new int[Geometry.VOLUME_COUNT_MAX];

    private Families() {
        for (int slot = 0; slot < groupOf.length; slot++) {
            groupOf[slot] = slot;
        }
    }

    /**
     * Finds the families of a device, before its volumes are used.
     *
     * @param directory with the facts of its layers
     */
    public static void join(Directory directory) {
        Families families = new Families();
        LayerTree tree = new LayerTree(directory);
        Map<Integer, Integer> slotOfRoot = new HashMap<>();
        for (Layer layer : directory.layers()) {
            for (VolumeRecord volume : tree.volumes(layer.id())) {
                Integer other = slotOfRoot.putIfAbsent(tree.root(layer.id()), volume.slot());
                if (other != null) {
                    families.groupOf[families.group(volume.slot())] = families.group(other);
                }
            }
        }
        Map<Integer, VolumeRecord> firsts = new HashMap<>();
        for (VolumeRecord volume : directory.volumes()) {
            VolumeRecord first = firsts.putIfAbsent(families.group(volume.slot()), volume);
            if (first != null) {
                volume.shareOperations(first);
            }
        }
    }

    private int group(int slot) {
        int representative = slot;
        while (groupOf[representative] != representative) {
            representative = groupOf[representative];
        }
        return representative;
    }
}
