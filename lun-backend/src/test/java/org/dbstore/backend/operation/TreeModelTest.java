package org.dbstore.backend.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Goal: whatever is made, cloned, rolled back, resized, flattened and deleted in whatever order,
 * each volume and snapshot shows what a simple model says, also after reopening. {@code
 * -Dtree.seeds=1000} runs more, {@code -Dtree.seed=N} repeats one.
 */
class TreeModelTest {
    private static final long SEEDS = Long.getLong("tree.seeds", 12);
    private static final int STEPS = 150;

    @Test
    void everyVolumeAndSnapshotIsAsTheModelSays() {
        long first = Long.getLong("tree.seed", 1);
        long count = System.getProperty("tree.seed") == null ? SEEDS : 1;
        long branches = 0;
        for (long seed = first; seed < first + count; seed++) {
            try (TreeWorld world = new TreeWorld(seed)) {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                    if (step % 10 == 9) {
                        world.check();
                    }
                }
                branches += world.branchCount();
                world.deleteAll();
                assertEquals(0, world.usedExtents(), "extents are left, seed " + seed);
            } catch (Exception | AssertionError e) {
                java.io.StringWriter trace = new java.io.StringWriter();
                e.printStackTrace(new java.io.PrintWriter(trace));
                fail("-Dtree.seed=%d: %s".formatted(seed, trace));
            }
        }
        assertTrue(branches > 0, "no run had any branch");
    }
}
