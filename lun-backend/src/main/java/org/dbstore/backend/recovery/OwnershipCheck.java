package org.dbstore.backend.recovery;

import org.dbstore.backend.Problem;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Compares the extents with the layers. An extent of nobody is quarantined: kept, not served, and
 * its id never given to a new layer, which would otherwise adopt foreign data.
 */
final class OwnershipCheck {
    private final Directory directory;
    private final ExtentTable table;
    private final Findings findings;
    private long[] extentCounts = new long[64]; // up to the highest id that owns extents

    OwnershipCheck(Directory directory, ExtentTable table, Findings findings) {
        this.directory = directory;
        this.table = table;
        this.findings = findings;
    }

    /** Counts; returns the ids that own extents. */
    BitSet owners() {
        BitSet owners = new BitSet();
        table.scan((extent, owner, position) -> {
            count(owner);
            owners.set(owner);
        });
        return owners;
    }

    private void count(int owner) {
        if (owner >= extentCounts.length) {
            extentCounts =
                    Arrays.copyOf(extentCounts, Math.max(owner + 1, 2 * extentCounts.length));
        }
        extentCounts[owner]++;
    }

    /**
     * Runs the check, after the count.
     *
     * @param reachable ids of layers that are of use
     */
    void run(BitSet reachable) {
        BitSet doomed = doomed(reachable);
        for (int id = 1; id < extentCounts.length; id++) {
            if (extentCounts[id] > 0 && !reachable.get(id) && !doomed.get(id)) {
                quarantine(id, directory.layer(id));
            }
        }
        findDuplicates();
    }

    /** Marked layers of no volume, and their ancestors: on their way out, not lost. */
    private BitSet doomed(BitSet reachable) {
        BitSet doomed = new BitSet();
        for (int id = directory.nextId(1); id > 0; id = directory.nextId(id + 1)) {
            Layer marked = directory.layer(id);
            if (marked != null && marked.entry().isMarked() && !reachable.get(id)) {
                directory.chain(id).stream()
                        .map(Layer::id)
                        .takeWhile(ancestor -> !reachable.get(ancestor))
                        .forEach(doomed::set);
            }
        }
        return doomed;
    }

    private void quarantine(int id, @Nullable Layer layer) {
        if (layer == null) {
            directory.reserveId(id);
            findings.add(
                    Problem.ORPHANS,
                    "snapshot " + id,
                    "%d extents carry id %d, which no snapshot has: kept, not served"
                            .formatted(extentCounts[id], id));
        } else {
            findings.add(
                    Problem.LOST_SNAPSHOT,
                    "snapshot " + id,
                    Geometry.snapshotEntryOffset(id),
                    "snapshot %d with %d extents belongs to no volume: kept, not served"
                            .formatted(id, extentCounts[id]));
        }
    }

    /** Two entries of one owner for one position: the higher index counts, the other is kept. */
    private void findDuplicates() {
        long[] keys = new long[table.usedCount()];
        int[] next = {0};
        table.scan((extent, owner, position) -> keys[next[0]++] = (long) owner << 32 | position);
        Arrays.sort(keys);
        long[] doubled = new long[keys.length];
        int count = 0;
        for (int i = 1; i < keys.length; i++) {
            if (keys[i] == keys[i - 1] && (count == 0 || doubled[count - 1] != keys[i])) {
                doubled[count++] = keys[i];
            }
        }
        if (count > 0) {
            reportDuplicates(Arrays.copyOf(doubled, count));
        }
    }

    private void reportDuplicates(long[] doubled) {
        int[] winners = new int[doubled.length];
        table.scan((extent, owner, position) -> {
            int i = Arrays.binarySearch(doubled, (long) owner << 32 | position);
            if (i >= 0) {
                winners[i] = extent;
            }
        });
        for (int i = 0; i < doubled.length; i++) {
            table.setHidesDuplicate(winners[i]);
            findings.add(
                    Problem.DUPLICATE,
                    "extent " + winners[i],
                    Geometry.extentEntryOffset(winners[i]),
                    "snapshot %d has position %d more than once: extent %d counts"
                            .formatted(doubled[i] >>> 32, doubled[i] & 0xffffffffL, winners[i]));
        }
    }
}
