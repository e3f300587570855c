package org.dbstore.backend.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Goal: a map built while a snapshot is merged leads to nothing that the merge frees. */
class ViewBuilderTest {
    private static final long[] BLOCK_0 = {1, 0, 0, 0};
    private static final int CAPACITY = 1 << 18;
    private static final int HEAD = 1;
    private static final int CHILD = 2;
    private static final int DOOMED = 3;

    @Test
    void aViewNeverShowsAnExtentThatWasFreedWhileItWasBuilt() throws Exception {
        for (int round = 0; round < 300; round++) {
            ExtentTable table = new ExtentTable(CAPACITY);
            table.load(0, DOOMED, 7, BLOCK_0, 0);
            for (int extent = 1024; extent < CAPACITY - 1024; extent += 256) {
                table.load(extent, 9, extent, BLOCK_0, 0);
            }
            int hiding = CAPACITY - 2; // of the child, so the doomed layer's may be freed
            table.load(CAPACITY - 3, CHILD, 5, BLOCK_0, 0);
            table.load(hiding, CHILD, 7, BLOCK_0, 0);
            int delay = round * 20;
            Thread merge =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < delay; i++) {
                                    Thread.onSpinWait();
                                }
                                table.free(0);
                            });
            ExtentMap map = new ViewBuilder(table).build(new int[] {HEAD, CHILD, DOOMED}, 100);
            merge.join();
            assertEquals(hiding, map.get(7), "round " + round);
        }
    }

    @Test
    void nothingChangesDuringAScanAtOnce() {
        ExtentTable table = new ExtentTable(4096);
        table.load(0, DOOMED, 7, BLOCK_0, 0);
        table.load(2000, CHILD, 7, BLOCK_0, 0);
        Thread merge = Thread.ofPlatform().unstarted(() -> table.free(2000));
        List<Integer> seen = new ArrayList<>();
        table.scanAtOnce((extent, owner, position) -> {
            if (seen.isEmpty()) {
                merge.start();
                while (merge.getState() != Thread.State.BLOCKED
                        && merge.getState() != Thread.State.TERMINATED) {
                    Thread.onSpinWait();
                }
            }
            seen.add(extent);
        });
        assertEquals(List.of(0, 2000), seen);
    }

    @Test
    void aSurveyShowsTheSameAndChangesNothing() {
        ExtentTable table = new ExtentTable(4096);
        table.load(0, DOOMED, 7, BLOCK_0, 0);
        table.load(2000, HEAD, 7, BLOCK_0, 0);
        ViewBuilder builder = new ViewBuilder(table);
        int[] ids = {HEAD, DOOMED};
        assertEquals(
                2000, builder.survey(List.of(new ViewBuilder.Chain(ids, 8))).getFirst().get(7));
        assertFalse(table.covers(2000));
        assertEquals(2000, builder.build(ids, 8).get(7));
        assertTrue(table.covers(2000));
    }
}
