package org.dbstore.backend.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.format.Geometry;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.TreeMap;

/** Goal: a sparse map of 4 PiB behaves as a map does, and costs what is in it. */
class ExtentMapTest {
    private static final long POSITIONS = Geometry.VOLUME_BYTES_MAX / Geometry.EXTENT_BYTES;

    @Test
    void behavesAsAMapDoes() {
        SplittableRandom random = new SplittableRandom(7);
        ExtentMap map = new ExtentMap(POSITIONS);
        TreeMap<Long, Integer> model = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            long position =
                    random.nextBoolean() ? random.nextLong(300) : random.nextLong(POSITIONS);
            if (random.nextInt(3) > 0) {
                map.put(position, i);
                model.put(position, i);
            } else {
                map.put(position, ExtentMap.NONE);
                model.remove(position);
            }
            long from = random.nextLong(POSITIONS);
            assertEquals(model.getOrDefault(position, ExtentMap.NONE), map.get(position));
            Long next = model.ceilingKey(from);
            assertEquals(next == null ? POSITIONS : next, map.nextMapped(from, POSITIONS));
        }
    }

    @Test
    void firstAndLastPositionExist() {
        ExtentMap map = new ExtentMap(POSITIONS);
        map.put(0, 1);
        map.put(POSITIONS - 1, Integer.MAX_VALUE - 9);
        assertEquals(Integer.MAX_VALUE - 9, map.get(POSITIONS - 1));
        assertEquals(POSITIONS - 1, map.nextMapped(1, POSITIONS));
        assertEquals(5, map.nextMapped(1, 5));
    }
}
