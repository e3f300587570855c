package org.dbstore.backend.extent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.stream.IntStream;

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
    void someAreGivenTogetherOrNotAtAll() {
        ExtentAllocator allocator = full(4);
        assertArrayEquals(new int[] {1, 2}, allocator.allocateTogether(1, 2));
        assertArrayEquals(new int[] {0, 3}, allocator.allocateTogether(ExtentMap.NONE, 2));
        allocator.release(2);
        assertArrayEquals(new int[0], allocator.allocateTogether(2, 2));
        assertEquals(2, allocator.allocate(ExtentMap.NONE));
    }

    @Test
    void theReserveIsNotGivenTogetherEither() {
        ExtentAllocator allocator = ExtentAllocator.withReserve(1000);
        IntStream.range(0, 10).forEach(allocator::release);
        assertArrayEquals(new int[0], allocator.allocateTogether(0, 3));
        assertArrayEquals(new int[] {0, 1}, allocator.allocateTogether(0, 2));
    }

    @Test
    void whatKeepsTheMetadataGoingTakesTheReserveTogetherOrNothing() {
        ExtentAllocator allocator = ExtentAllocator.withReserve(1000);
        IntStream.range(5, 7).forEach(allocator::release);
        assertArrayEquals(new int[] {5, 6}, allocator.allocateTogetherFromReserve(2));
        allocator.release(6);
        assertArrayEquals(new int[0], allocator.allocateTogetherFromReserve(2));
        assertEquals(1, allocator.freeCountWithReserve());
    }

    @Test
    void theNextFreeOneIsFound() {
        ExtentAllocator allocator = new ExtentAllocator(200);
        assertEquals(ExtentMap.NONE, allocator.nextFree(0));
        allocator.release(3);
        allocator.release(130);
        assertEquals(3, allocator.nextFree(0));
        assertEquals(3, allocator.nextFree(3));
        assertEquals(130, allocator.nextFree(4));
        assertEquals(130, allocator.nextFree(130));
        assertEquals(ExtentMap.NONE, allocator.nextFree(131));
        assertEquals(ExtentMap.NONE, allocator.nextFree(10_000));
    }

    @Test
    void freeingTwiceIsABug() {
        ExtentAllocator allocator = full(3);
        assertThrows(IllegalStateException.class, () -> allocator.release(1));
    }

    @Test
    void theLastFewAreKeptForWhatMakesRoom() {
        ExtentAllocator allocator = ExtentAllocator.withReserve(1000);
        IntStream.range(0, 1000).forEach(allocator::release);
        for (int i = 0; i < 992; i++) {
            assertEquals(i, allocator.allocate(ExtentMap.NONE));
        }
        assertEquals(0, allocator.freeCount());
        assertEquals(8, allocator.freeCountWithReserve());
        assertEquals(ExtentMap.NONE, allocator.allocate(ExtentMap.NONE));
        assertEquals(992, allocator.allocateFromReserve(ExtentMap.NONE));
        allocator.release(992);
        allocator.release(3);
        assertEquals(3, allocator.allocate(ExtentMap.NONE));
    }

    @Test
    void theLowestBelowALimitIsTaken() {
        ExtentAllocator allocator = full(100);
        assertEquals(0, allocator.allocateBelow(1));
        assertEquals(ExtentMap.NONE, allocator.allocateBelow(1));
        assertEquals(1, allocator.allocateBelow(100));
    }

    @Test
    void allOfARangeAreTaken() {
        ExtentAllocator allocator = full(100);
        allocator.allocate(11);
        assertArrayEquals(new int[] {10, 12, 13}, allocator.allocateAll(10, 14));
        assertEquals(96, allocator.freeCountWithReserve());
    }
}
