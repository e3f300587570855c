package org.dbstore.backend.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Goal: extents are given out once, in a row where possible, otherwise from the front. */
class ExtentAllocatorTest {
    private static ExtentAllocator full(int count) {
        ExtentAllocator allocator = new ExtentAllocator(count);
        for (int extent = 0; extent < count; extent++) {
            allocator.release(extent);
        }
        return allocator;
    }

    @Test
    void theNeighbourIsPreferredAndThenTheLowest() {
        ExtentAllocator allocator = full(200);
        assertEquals(0, allocator.allocate(ExtentMap.NONE));
        assertEquals(150, allocator.allocate(150));
        assertEquals(151, allocator.allocate(151));
        assertEquals(1, allocator.allocate(151));
        allocator.release(0);
        assertEquals(0, allocator.allocate(10_000));
    }

    @Test
    void whatIsNotThereIsNotGiven() {
        ExtentAllocator allocator = full(3);
        for (int i = 0; i < 3; i++) {
            assertEquals(3 - i, allocator.freeCount());
            assertEquals(i, allocator.allocate(63));
        }
        assertEquals(ExtentMap.NONE, allocator.allocate(0));
    }

    @Test
    void freeingTwiceIsABug() {
        ExtentAllocator allocator = full(3);
        assertThrows(IllegalStateException.class, () -> allocator.release(1));
    }
}
