package org.dbstore.backend.recovery;

import org.dbstore.backend.Problem;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.LayerTree;
import org.dbstore.backend.operation.ResizeVolume;
import org.dbstore.backend.operation.VolumeRecord;

import java.util.Arrays;
import java.util.Map;

/**
 * Finds extents beyond the end of everything that could show them. A layer may hold what any layer
 * above it shows, and each has a size of its own.
 */
final class PositionCheck {
    private final Directory directory;
    private final ExtentTable table;
    private final Findings findings;

    PositionCheck(Directory directory, ExtentTable table, Findings findings) {
        this.directory = directory;
        this.table = table;
        this.findings = findings;
    }

    void run() {
        LayerTree tree = new LayerTree(directory);
        Map<Integer, Long> ends = tree.positionCounts();
        directory.layers().stream()
                .filter(tree::isTrimmable)
                .forEach(layer -> ends.remove(layer.id()));
        directory.volumes().stream()
                .filter(ResizeVolume::isUnfinished)
                .forEach(volume -> ends.remove(volume.headId()));
        for (VolumeRecord volume : directory.volumes()) {
            if (ResizeVolume.isUnfinished(volume)) { // its end is being freed
                directory.chain(volume.headId()).forEach(layer -> ends.remove(layer.id()));
            }
        }
        long[] endOf = new long[ends.keySet().stream().mapToInt(id -> id + 1).max().orElse(0)];
        Arrays.fill(endOf, Long.MAX_VALUE);
        ends.forEach((id, end) -> endOf[id] = end);
        table.scan((extent, owner, position) -> {
            if (owner < endOf.length && position >= endOf[owner]) {
                findings.add(
                        Problem.BEYOND_END,
                        "extent " + extent,
                        Geometry.extentEntryOffset(extent),
                        ("extent %d of snapshot %d is for position %d, beyond the end of its"
                                        + " volume: kept, not served")
                                .formatted(extent, owner, position));
            }
        });
    }
}
