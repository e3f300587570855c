package org.dbstore.backend.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Goal: the table knows at any time what is on the medium, what is on its way, and what is not. */
class ExtentTableTest {
    private static final long[] BLOCK_0 = {1, 0, 0, 0};
    private final ExtentTable table = new ExtentTable(5000);

    @Test
    void aBirthIsUncommittedUntilTheCommitThatTookItEnds() {
        table.birth(3000, 65535, 7, BLOCK_0, false);
        assertTrue(table.isUncommitted(3000));
        ExtentChanges birth = table.take(false);
        assertTrue(birth.isBirth(0));
        assertTrue(table.isUncommitted(3000));
        assertFalse(table.isDurable(3000));
        table.committed(birth);
        assertFalse(table.isUncommitted(3000));
        assertTrue(table.isDurable(3000));
        assertEquals(65535, table.owner(3000));
    }

    @Test
    void aBitAddedWhileTheBirthIsCommittedBelongsToTheNextCommit() {
        table.birth(1, 9, 0, BLOCK_0, false);
        ExtentChanges birth = table.take(false);
        table.map(1, 5, 6);
        table.committed(birth);
        assertTrue(table.isUncommitted(1));
        assertEquals(1, birth.bitmaps()[0]);
        ExtentChanges update = table.take(false);
        assertTrue(update.isUpdate(0));
        assertEquals(0b100001, update.bitmaps()[0]);
    }

    @Test
    void whatIsBornAndFreedBetweenTwoCommitsIsNeitherBirthNorFree() {
        table.birth(1, 9, 0, BLOCK_0, false);
        table.free(1);
        ExtentChanges changes = table.take(false);
        assertEquals(1, changes.count());
        assertFalse(changes.isBirth(0) || changes.isFree(0) || changes.isUpdate(0));
    }

    @Test
    void whatIsFreedWhileItsBirthIsCommittedIsFreedByTheNext() {
        table.birth(1, 9, 0, BLOCK_0, false);
        ExtentChanges birth = table.take(false);
        table.free(1);
        table.committed(birth);
        assertTrue(table.take(false).isFree(0));
    }

    @Test
    void changesThatChangeNothingAreNotCommitted() {
        table.load(1, 9, 0, BLOCK_0, 0);
        assertFalse(table.map(1, 0, 1));
        assertFalse(table.unmap(1, 1, 256));
        assertEquals(0, table.take(false).count());
    }

    @Test
    void manyChangesComeOutSortedAndOnce() {
        for (int extent = 4999; extent >= 0; extent--) {
            table.birth(extent, 1, extent, BLOCK_0, false);
            table.map(extent, 1, 2);
        }
        ExtentChanges changes = table.take(false);
        assertEquals(5000, changes.count());
        for (int i = 0; i < 5000; i++) {
            assertEquals(i, changes.extents()[i]);
            assertEquals(3, changes.bitmaps()[i * 4]);
        }
        assertEquals(0, table.take(false).count());
    }

    @Test
    void theNearestLayerShowsAndTheHigherOfTwoDuplicates() {
        table.load(0, 1, 0, BLOCK_0, 0);
        table.load(1, 2, 0, BLOCK_0, 0);
        table.load(2, 1, 1, BLOCK_0, 0);
        table.load(3, 1, 1, BLOCK_0, 0);
        table.load(4, 2, 9, BLOCK_0, 0);
        table.load(5, 3, 2, BLOCK_0, 0);
        ExtentMap map = new ViewBuilder(table).build(new int[] {2, 1}, 4);
        assertEquals(1, map.get(0));
        assertEquals(3, map.get(1));
        assertEquals(ExtentMap.NONE, map.get(2));
        assertTrue(table.covers(1));
        assertFalse(table.covers(3));
    }
}
